//! Scores a channel by its distance from the channel that is most like it: of twins one can go, since the other tells the same.
//! Distances are between filters of unit length, up to their sign. `esp.rs` is the kit's, which `espalier plugin new` hands out too.
mod esp;
use std::ffi::c_void;

/// The filters that make a group's channels, one a channel, from every layer that makes them.
fn filters(call: *mut c_void, host: &esp::PruningHost, group: u32, channels: usize) -> Result<Vec<Vec<f32>>, esp::Fault> {
    let mut about: esp::Group = esp::sized();
    esp::check((host.group)(call, group, &mut about))?;
    let mut filters = vec![Vec::new(); channels];
    for index in 0..about.n_members {
        let mut member: esp::Member = esp::sized();
        esp::check((host.member)(call, group, index, &mut member))?;
        if member.kind != esp::PRODUCER || member.rank < 2 {
            continue; // it loses no filters
        }
        let mut view = esp::TensorView::empty();
        esp::check((host.weight)(call, group, index, &mut view))?;
        let (axis, shape) = (member.axis as usize, view.shape());
        let inner: usize = shape[axis + 1..].iter().product::<i64>() as usize;
        let size = shape[axis] as usize;
        for (place, value) in view.values().iter().enumerate() {
            let slice = (place / inner % size) as i64 - member.at;
            if slice >= 0 && slice / member.block < member.count {
                filters[(member.first + slice / member.block) as usize].push(*value);
            }
        }
    }
    Ok(filters)
}

/// For each filter the squared distance from the nearest other, both scaled to length 1: 2 (1 - |cosine|), times its own length to a power.
fn distances(filters: &[Vec<f32>], power: f64) -> Vec<f64> {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| *x as f64 * *y as f64).sum::<f64>();
    let lengths: Vec<f64> = filters.iter().map(|filter| dot(filter, filter).sqrt()).collect();
    let mut nearest = vec![2.0f64; filters.len()];
    for a in 0..filters.len() {
        for b in a + 1..filters.len() {
            let length = lengths[a] * lengths[b];
            if length > 0.0 && filters[a].len() == filters[b].len() {
                let distance = 2.0 * (1.0 - (dot(&filters[a], &filters[b]).abs() / length).min(1.0));
                // Of two twins the shorter goes.
                let (short, long) = if lengths[a] <= lengths[b] { (a, b) } else { (b, a) };
                nearest[short] = nearest[short].min(distance);
                nearest[long] = nearest[long].min(distance + 1e-9);
            }
        }
    }
    // What makes nothing goes before all others.
    nearest.iter().zip(&lengths).map(|(distance, length)| if *length == 0.0 { -1.0 } else { distance * length.powf(power) }).collect()
}

extern "C" fn score(
    instance: *mut c_void, call: *mut c_void, pruning: *const esp::PruningHost, group: u32, out: *mut f64, n: u64,
) -> esp::Status {
    esp::guarded(call, || {
        let (pruning, out) = unsafe { (&*pruning, std::slice::from_raw_parts_mut(out, n as usize)) };
        let filters = filters(call, pruning, group, n as usize)?;
        out.copy_from_slice(&distances(&filters, esp::setting(instance)));
        Ok(())
    })
}

#[no_mangle]
pub extern "C" fn esp_plugin_entry_v1(host: *const esp::Host) -> *const c_void {
    let about = esp::Description {
        id: "org.example.twins",
        interface: "esp.pruner/1",
        name: "Twins",
        doc: "Scores a channel by its distance from the channel that is most like it.",
        parameter: ("length", "The power to which a filter's own length counts.", 0.0, 0.0, 2.0),
    };
    esp::plugin(host, about, esp::PrunerV1 { score: Some(score), ..esp::sized() })
}
