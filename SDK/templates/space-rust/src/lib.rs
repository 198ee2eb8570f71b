//! A search space: how much of each channel group of the run's network is cut, in steps.
mod esp;
use std::ffi::c_void;

const STEPS: i64 = 5;

/// One choice a group: 0 keeps it whole, each step cuts more.
extern "C" fn dimensions(_instance: *mut c_void, call: *mut c_void, space: *const esp::SpaceHost) -> esp::Status {
    esp::guarded(call, || {
        let space = unsafe { &*space };
        if space.network.is_null() {
            return Err(esp::Fault::Own(esp::UNIMPLEMENTED, "the run has no network with channel groups".into()));
        }
        let network = unsafe { &*space.network };
        for index in 0..network.n_groups {
            let mut group: esp::Group = esp::sized();
            esp::check((network.group)(call, index, &mut group))?;
            let dimension = esp::Dimension { flags: 1, name: group.name, high: STEPS - 1, ..esp::sized() };
            esp::check((space.add_dimension)(call, &dimension))?;
        }
        Ok(())
    })
}

/// The network of some tokens: a cut of the run's network, which keeps its weights.
extern "C" fn decode(
    instance: *mut c_void, call: *mut c_void, space: *const esp::SpaceHost, tokens: *const i64, n: u32,
) -> esp::Status {
    esp::guarded(call, || {
        let (network, tokens) = unsafe { (&*(*space).network, std::slice::from_raw_parts(tokens, n as usize)) };
        for (group, token) in tokens.iter().enumerate().filter(|(_, token)| **token > 0) {
            let ratio = esp::setting(instance) * *token as f64 / (STEPS - 1) as f64;
            esp::check((network.set_ratio)(call, group as u32, ratio))?;
        }
        Ok(())
    })
}

#[no_mangle]
pub extern "C" fn esp_plugin_entry_v1(host: *const esp::Host) -> *const c_void {
    let about = esp::Description {
        id: "@ID@",
        interface: "@INTERFACE@",
        name: "@NAME@",
        doc: "@DOC@",
        parameter: ("most", "The share of a group that the last step cuts.", 0.8, 0.1, 0.95),
    };
    esp::plugin(host, about, esp::SpaceV1 { dimensions: Some(dimensions), decode: Some(decode), ..esp::sized() })
}
