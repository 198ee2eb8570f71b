//! A pruner: cuts a third of every group, the filters of least power norm first.
mod esp;
use std::ffi::c_void;

extern "C" fn plan(_instance: *mut c_void, call: *mut c_void, pruning: *const esp::PruningHost) -> esp::Status {
    esp::guarded(call, || {
        let pruning = unsafe { &*pruning };
        for group in 0..pruning.n_groups {
            esp::check((pruning.set_ratio)(call, group, 1.0 / 3.0))?;
        }
        Ok(())
    })
}

/// The importance of each channel of a group: the least goes first.
extern "C" fn score(
    instance: *mut c_void, call: *mut c_void, pruning: *const esp::PruningHost, group: u32, out: *mut f64, n: u64,
) -> esp::Status {
    esp::guarded(call, || {
        let (pruning, out) = unsafe { (&*pruning, std::slice::from_raw_parts_mut(out, n as usize)) };
        let mut weight = esp::TensorView::empty();
        esp::check((pruning.weight)(call, group, 0, &mut weight))?;
        if weight.shape().first() != Some(&(n as i64)) {
            return Err(esp::Fault::Own(esp::UNIMPLEMENTED, "the weight's channels do not lie first".into()));
        }
        let power = esp::setting(instance);
        let values = weight.values();
        for (score, filter) in out.iter_mut().zip(values.chunks(values.len() / n as usize)) {
            *score = filter.iter().map(|value| (value.abs() as f64).powf(power)).sum();
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
        parameter: ("power", "The power that weights are raised to.", 1.0, 0.5, 2.0),
    };
    esp::plugin(host, about, esp::PrunerV1 { plan: Some(plan), score: Some(score), ..esp::sized() })
}
