//! Scores a channel by its distance from the channel that is most like it: of twins one can go, since the other tells the same.
//! Distances are between filters of unit length, up to their sign.
mod esp;

use esp::{Fixed, Host, PruningHost, Status};
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::{AtomicPtr, Ordering};

static HOST: AtomicPtr<Host> = AtomicPtr::new(std::ptr::null_mut());

/// The filters that make a group's channels, one a channel, from every layer that makes them.
fn filters(call: *mut c_void, host: &PruningHost, group: u32, channels: usize) -> Result<Vec<Vec<f32>>, Status> {
    let check = |status| if status == esp::OK { Ok(()) } else { Err(status) };
    let mut about: esp::Group = esp::sized();
    check((host.group)(call, group, &mut about))?;
    let mut filters = vec![Vec::new(); channels];
    for index in 0..about.n_members {
        let mut member: esp::Member = esp::sized();
        check((host.member)(call, group, index, &mut member))?;
        if member.kind != 1 || member.rank < 2 {
            continue; // it loses no filters
        }
        let mut view = esp::View::empty();
        check((host.weight)(call, group, index, &mut view))?;
        let (axis, shape, values) = (member.axis as usize, view.shape(), view.values());
        let inner: usize = shape[axis + 1..].iter().product::<i64>() as usize;
        let size = shape[axis] as usize;
        for (place, value) in values.iter().enumerate() {
            let slice = (place / inner % size) as i64 - member.at;
            if slice >= 0 && slice / member.block < member.count {
                filters[(member.first + slice / member.block) as usize].push(*value);
            }
        }
    }
    Ok(filters)
}

/// For each filter the squared distance from the nearest other, both scaled to length 1: 2 (1 - |cosine|).
fn distances(filters: &[Vec<f32>]) -> Vec<f64> {
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
    nearest.iter().zip(&lengths).map(|(distance, length)| if *length == 0.0 { -1.0 } else { *distance }).collect()
}

extern "C" fn score(_self: *mut c_void, call: *mut c_void, pruning: *const PruningHost, group: u32, out: *mut f64, n: u64) -> Status {
    // A panic must not leave a C function.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let filters = filters(call, unsafe { &*pruning }, group, n as usize)?;
        unsafe { std::slice::from_raw_parts_mut(out, n as usize) }.copy_from_slice(&distances(&filters));
        Ok(())
    }));
    match result {
        Ok(Ok(())) => esp::OK,
        Ok(Err(status)) => status,
        Err(_) => esp::fail(HOST.load(Ordering::Relaxed), call, esp::INTERNAL, "a panic; its text is on standard error"),
    }
}

extern "C" fn create(
    _: *const esp::Strategy, _: *const Host, _: *mut c_void, _: *const c_void, _: u32, instance: *mut *mut c_void,
) -> Status {
    // Nothing is kept, but an instance is never null.
    unsafe { *instance = &HOST as *const _ as *mut c_void };
    esp::OK
}

extern "C" fn destroy(_: *mut c_void) {}

static FUNCTIONS: Fixed<esp::Pruner> = Fixed(esp::Pruner {
    struct_size: std::mem::size_of::<esp::Pruner>() as u32,
    reserved: 0,
    plan: std::ptr::null(),
    score: Some(score),
});

static STRATEGY: Fixed<esp::Strategy> = Fixed(esp::Strategy {
    struct_size: std::mem::size_of::<esp::Strategy>() as u32,
    flags: esp::REENTRANT | esp::DETERMINISTIC,
    id: esp::text("org.example.twins"),
    interface: esp::text("esp.pruner/1"),
    name: esp::text("Twins"),
    doc: esp::text("Scores a channel by its distance from the channel that is most like it."),
    version: esp::text("1.0.0"),
    device_mask: 1,
    params: std::ptr::null(),
    n_params: 0,
    reserved: 0,
    data: std::ptr::null(),
    create,
    destroy,
    vtable: &FUNCTIONS.0,
});

static STRATEGIES: Fixed<[&esp::Strategy; 1]> = Fixed([&STRATEGY.0]);

static PLUGIN: Fixed<esp::Plugin> = Fixed(esp::Plugin {
    struct_size: std::mem::size_of::<esp::Plugin>() as u32,
    n_strategies: 1,
    abi: esp::Version { struct_size: 16, major: 1, minor: 2, min_host_minor: 0 },
    id: esp::text("org.example.twins"),
    version: esp::text("1.0.0"),
    vendor: esp::text("Example"),
    strategies: &STRATEGIES.0 as *const _ as *const *const esp::Strategy,
    shutdown: std::ptr::null(),
});

#[no_mangle]
pub extern "C" fn esp_plugin_entry_v1(host: *const Host) -> *const esp::Plugin {
    HOST.store(host as *mut Host, Ordering::Relaxed);
    &PLUGIN.0
}
