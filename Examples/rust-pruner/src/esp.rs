//! As much of `espalier_plugin.h` as a score of channels needs. Fields keep the header's order; what is not used is a plain pointer.
use std::ffi::c_void;

pub type Status = i32;
pub const OK: Status = 0;
pub const INTERNAL: Status = 13;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub ptr: *const u8,
    pub len: u64,
}

pub const fn text(text: &'static str) -> Str {
    Str { ptr: text.as_ptr(), len: text.len() as u64 }
}

#[repr(C)]
pub struct Host {
    struct_size: u32,
    abi: [u32; 3],
    host_data: *const c_void,
    name: Str,
    version: Str,
    log: *const c_void,
    fail: Option<extern "C" fn(*const Host, *mut c_void, Status, Str) -> Status>,
}

#[repr(C)]
pub struct Version {
    pub struct_size: u32,
    pub major: u32,
    pub minor: u32,
    pub min_host_minor: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct View {
    pub struct_size: u32,
    pub flags: u32,
    data: *const u8,
    device: [i32; 2],
    ndim: i32,
    dtype_code: u8,
    dtype_bits: u8,
    dtype_lanes: u16,
    shape: *const i64,
    strides: *const i64,
    byte_offset: u64,
    handle: *const c_void,
}

impl View {
    pub const fn empty() -> View {
        View {
            struct_size: std::mem::size_of::<View>() as u32,
            flags: 0,
            data: std::ptr::null(),
            device: [0; 2],
            ndim: 0,
            dtype_code: 0,
            dtype_bits: 0,
            dtype_lanes: 0,
            shape: std::ptr::null(),
            strides: std::ptr::null(),
            byte_offset: 0,
            handle: std::ptr::null(),
        }
    }

    pub fn shape(&self) -> &[i64] {
        if self.ndim <= 0 { &[] } else { unsafe { std::slice::from_raw_parts(self.shape, self.ndim as usize) } }
    }

    /// The values of a dense view of 32-bit floats, which is what the host lends of a weight.
    pub fn values(&self) -> &[f32] {
        let count = self.shape().iter().product::<i64>() as usize;
        if count == 0 || self.data.is_null() {
            return &[];
        }
        unsafe { std::slice::from_raw_parts(self.data.add(self.byte_offset as usize) as *const f32, count) }
    }
}

#[repr(C)]
pub struct Member {
    pub struct_size: u32,
    pub kind: u32,
    name: Str,
    op: Str,
    pub axis: i32,
    pub rank: i32,
    pub first: i64,
    pub count: i64,
    pub at: i64,
    pub block: i64,
}

#[repr(C)]
pub struct Group {
    pub struct_size: u32,
    roles: u32,
    name: Str,
    op: Str,
    pub channels: i64,
    pub n_members: u32,
    pub n_producers: u32,
    n_consumers: u32,
    stride: i32,
    macs: i64,
    params: i64,
}

/// A struct of zeros that says its size, for the host to fill.
pub fn sized<T>() -> T {
    unsafe {
        let mut value: T = std::mem::zeroed();
        *(&mut value as *mut T as *mut u32) = std::mem::size_of::<T>() as u32;
        value
    }
}

#[repr(C)]
pub struct PruningHost {
    struct_size: u32,
    pub n_groups: u32,
    pub seed: u64,
    pub group: extern "C" fn(*mut c_void, u32, *mut Group) -> Status,
    pub member: extern "C" fn(*mut c_void, u32, u32, *mut Member) -> Status,
    pub weight: extern "C" fn(*mut c_void, u32, u32, *mut View) -> Status,
}

type Score = extern "C" fn(*mut c_void, *mut c_void, *const PruningHost, u32, *mut f64, u64) -> Status;

#[repr(C)]
pub struct Pruner {
    pub struct_size: u32,
    pub reserved: u32,
    pub plan: *const c_void,
    pub score: Option<Score>,
}

pub const DETERMINISTIC: u32 = 2;
pub const REENTRANT: u32 = 1;

#[repr(C)]
pub struct Strategy {
    pub struct_size: u32,
    pub flags: u32,
    pub id: Str,
    pub interface: Str,
    pub name: Str,
    pub doc: Str,
    pub version: Str,
    pub device_mask: u64,
    pub params: *const c_void,
    pub n_params: u32,
    pub reserved: u32,
    pub data: *const c_void,
    pub create: extern "C" fn(*const Strategy, *const Host, *mut c_void, *const c_void, u32, *mut *mut c_void) -> Status,
    pub destroy: extern "C" fn(*mut c_void),
    pub vtable: *const Pruner,
}

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub n_strategies: u32,
    pub abi: Version,
    pub id: Str,
    pub version: Str,
    pub vendor: Str,
    pub strategies: *const *const Strategy,
    pub shutdown: *const c_void,
}

/// A table that never changes, so that threads may share it.
#[repr(transparent)]
pub struct Fixed<T>(pub T);
unsafe impl<T> Sync for Fixed<T> {}

/// Tells the host why a call fails. `host` is what the entry was given.
pub fn fail(host: *const Host, call: *mut c_void, code: Status, message: &str) -> Status {
    let message = Str { ptr: message.as_ptr(), len: message.len() as u64 };
    match unsafe { host.as_ref() }.and_then(|host| host.fail) {
        Some(fail) => fail(host, call, code, message),
        None => code,
    }
}
