//! As much of Espalier's headers as this plugin needs, and what stands around a strategy. Fields are in the headers' order;
//! a function that is not called is a plain pointer here.
#![allow(dead_code)]
use std::ffi::c_void;
use std::ptr;

pub type Status = i32;
pub const OK: Status = 0;
pub const INVALID_ARGUMENT: Status = 3;
pub const UNIMPLEMENTED: Status = 12;
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
pub struct TensorView {
    pub struct_size: u32,
    pub flags: u32,
    pub data: *mut c_void,
    pub device_type: i32,
    pub device_id: i32,
    pub ndim: i32,
    pub dtype_code: u8,
    pub dtype_bits: u8,
    pub dtype_lanes: u16,
    pub shape: *const i64,
    pub strides: *const i64,
    pub byte_offset: u64,
    pub handle: *mut c_void,
}

impl TensorView {
    pub fn empty() -> Self {
        let mut view: TensorView = unsafe { std::mem::zeroed() };
        view.struct_size = std::mem::size_of::<TensorView>() as u32;
        view
    }

    pub fn shape(&self) -> &[i64] {
        if self.ndim < 1 { &[] } else { unsafe { std::slice::from_raw_parts(self.shape, self.ndim as usize) } }
    }

    pub fn count(&self) -> usize {
        self.shape().iter().product::<i64>() as usize
    }

    /// The elements; the host lends dense views of 32-bit floats.
    pub fn values(&self) -> &[f32] {
        unsafe { std::slice::from_raw_parts((self.data as *const u8).add(self.byte_offset as usize) as *const f32, self.count()) }
    }

    #[allow(clippy::mut_from_ref)]
    pub fn values_mut(&self) -> &mut [f32] {
        unsafe { std::slice::from_raw_parts_mut((self.data as *mut u8).add(self.byte_offset as usize) as *mut f32, self.count()) }
    }
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub oldest_minor: u32,
    pub host_data: *mut c_void,
    pub name: Str,
    pub version: Str,
    pub log: extern "C" fn(*const Host, i32, Str),
    pub fail: extern "C" fn(*const Host, *mut c_void, Status, Str) -> Status,
    pub should_stop: extern "C" fn(*mut c_void) -> i32,
}

static mut HOST: *const Host = ptr::null();

/// What a strategy's function ends with, if not well: the host's own refusal, or words of ours.
pub enum Fault {
    Host(Status),
    Own(Status, String),
}

pub fn check(status: Status) -> Result<(), Fault> {
    if status == OK { Ok(()) } else { Err(Fault::Host(status)) }
}

/// Runs a body whose fault, or panic, becomes the host's error.
pub fn guarded(call: *mut c_void, body: impl FnOnce() -> Result<(), Fault>) -> Status {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
    let (status, words) = match result {
        Ok(Ok(())) => return OK,
        Ok(Err(Fault::Host(status))) => return status,
        Ok(Err(Fault::Own(status, words))) => (status, words),
        Err(_) => (INTERNAL, "it panicked".to_string()),
    };
    unsafe { ((*HOST).fail)(HOST, call, status, Str { ptr: words.as_ptr(), len: words.len() as u64 }) }
}

#[repr(C)]
pub struct PruningHost {
    pub struct_size: u32,
    pub n_groups: u32,
    pub seed: u64,
    pub group: extern "C" fn(*mut c_void, u32, *mut Group) -> Status,
    pub member: extern "C" fn(*mut c_void, u32, u32, *mut Member) -> Status,
    pub weight: extern "C" fn(*mut c_void, u32, u32, *mut TensorView) -> Status,
    pub gradient: extern "C" fn(*mut c_void, u32, u32, *mut TensorView) -> Status,
    pub importance: *const c_void,
    pub model: *const c_void,
    pub cost: *const c_void,
    pub evaluate: *const c_void,
    pub set_ratio: extern "C" fn(*mut c_void, u32, f64) -> Status,
}

#[repr(C)]
pub struct Group {
    pub struct_size: u32,
    pub roles: u32,
    pub name: Str,
    pub op: Str,
    pub channels: i64,
    pub n_members: u32,
    pub n_producers: u32,
    pub n_consumers: u32,
    pub stride: i32,
    pub macs: i64,
    pub params: i64,
}

/// Of `Member::kind`: it loses filters.
pub const PRODUCER: u32 = 1;

#[repr(C)]
pub struct Member {
    pub struct_size: u32,
    pub kind: u32,
    pub name: Str,
    pub op: Str,
    pub axis: i32,
    pub rank: i32,
    pub first: i64,
    pub count: i64,
    pub at: i64,
    pub block: i64,
}

#[repr(C)]
pub struct PrunerV1 {
    pub struct_size: u32,
    pub reserved: u32,
    pub plan: Option<extern "C" fn(*mut c_void, *mut c_void, *const PruningHost) -> Status>,
    pub score: Option<extern "C" fn(*mut c_void, *mut c_void, *const PruningHost, u32, *mut f64, u64) -> Status>,
}

#[repr(C)]
pub struct DistillV1 {
    pub struct_size: u32,
    pub reserved: u32,
    pub taps: *const c_void,
    #[allow(clippy::type_complexity)]
    pub forward: Option<
        extern "C" fn(
            *mut c_void, *mut c_void, *const c_void, *const c_void, *const TensorView, *const TensorView, u32, *const TensorView,
            *mut *mut c_void,
        ) -> Status,
    >,
    #[allow(clippy::type_complexity)]
    pub backward:
        Option<extern "C" fn(*mut c_void, *mut c_void, *const c_void, *mut c_void, *const TensorView, *const TensorView, u32) -> Status>,
    pub drop_saved: Option<extern "C" fn(*mut c_void, *mut c_void)>,
    pub forward_ops: *const c_void,
}

pub const ACTIVATION: u32 = 1;
pub const WEIGHT: u32 = 2;

#[repr(C)]
pub struct Quantized {
    pub struct_size: u32,
    pub kind: u32,
    pub name: Str,
    pub op: Str,
    pub ranges: i64,
    pub axis: i32,
    pub is_signed: i32,
    pub is_symmetric: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Range {
    pub low: f64,
    pub high: f64,
}

#[repr(C)]
pub struct Seen {
    pub struct_size: u32,
    pub n_bins: u32,
    pub low: f32,
    pub high: f32,
    pub count: i64,
    pub images: i64,
    pub peaks: f64,
    pub zeros: i64,
    pub exponent: i32,
    pub reserved: i32,
    pub positive: *const i64,
    pub negative: *const i64,
}

#[repr(C)]
pub struct QuantizingHost {
    pub struct_size: u32,
    pub n_tensors: u32,
    pub seed: u64,
    pub tensor: extern "C" fn(*mut c_void, u32, *mut Quantized) -> Status,
    pub weight: extern "C" fn(*mut c_void, u32, *mut TensorView) -> Status,
    pub seen: extern "C" fn(*mut c_void, u32, *mut Seen) -> Status,
}

#[repr(C)]
pub struct QuantizerV1 {
    pub struct_size: u32,
    pub reserved: u32,
    pub plan: *const c_void,
    pub ranges: Option<extern "C" fn(*mut c_void, *mut c_void, *const QuantizingHost, u32, *mut Range, u64) -> Status>,
}

#[repr(C)]
pub struct Dimension {
    pub struct_size: u32,
    pub flags: u32,
    pub name: Str,
    pub low: i64,
    pub high: i64,
    pub labels: *const Str,
    pub n_labels: u32,
    pub reserved: u32,
}

#[repr(C)]
pub struct SpaceHost {
    pub struct_size: u32,
    pub reserved: u32,
    pub seed: u64,
    pub input_height: i64,
    pub input_width: i64,
    pub classes: i64,
    pub network: *const PruningHost,
    pub add_dimension: extern "C" fn(*mut c_void, *const Dimension) -> Status,
    pub set_model: extern "C" fn(*mut c_void, *const u8, u64) -> Status,
}

#[repr(C)]
pub struct SpaceV1 {
    pub struct_size: u32,
    pub reserved: u32,
    pub dimensions: Option<extern "C" fn(*mut c_void, *mut c_void, *const SpaceHost) -> Status>,
    pub start: *const c_void,
    pub feasible: *const c_void,
    pub decode: Option<extern "C" fn(*mut c_void, *mut c_void, *const SpaceHost, *const i64, u32) -> Status>,
}

/// A struct of zeros with its size in front, as every struct of the headers begins.
pub fn sized<T>() -> T {
    let mut value: T = unsafe { std::mem::zeroed() };
    unsafe { *(&mut value as *mut T as *mut u32) = std::mem::size_of::<T>() as u32 };
    value
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    pub kind: u32,
    pub reserved: u32,
    pub f: f64,
    pub len: u64,
}

fn number(f: f64) -> Value {
    Value { kind: 3, reserved: 0, f, len: 0 }
}

#[repr(C)]
struct ParamSpec {
    struct_size: u32,
    kind: u32,
    flags: u32,
    n_choices: u32,
    name: Str,
    doc: Str,
    alias: Str,
    def: Value,
    min: Value,
    max: Value,
    choices: *const Str,
}

#[repr(C)]
struct StrategyTable {
    struct_size: u32,
    flags: u32,
    id: Str,
    interface_id: Str,
    name: Str,
    doc: Str,
    version: Str,
    device_mask: u64,
    params: *const *const ParamSpec,
    n_params: u32,
    reserved: u32,
    data: *mut c_void,
    create: extern "C" fn(*const StrategyTable, *const Host, *mut c_void, *const Value, u32, *mut *mut c_void) -> Status,
    destroy: extern "C" fn(*mut c_void),
    vtable: *const c_void,
}

#[repr(C)]
struct PluginTable {
    struct_size: u32,
    n_strategies: u32,
    abi: [u32; 4],
    id: Str,
    version: Str,
    vendor: Str,
    strategies: *const *const StrategyTable,
    shutdown: *const c_void,
}

/// What a plugin of one strategy says of itself.
pub struct Description {
    pub id: &'static str,
    pub interface: &'static str,
    pub name: &'static str,
    pub doc: &'static str,
    /// Its one number: name, meaning, default, least, most.
    pub parameter: (&'static str, &'static str, f64, f64, f64),
}

extern "C" fn create(
    _strategy: *const StrategyTable, _host: *const Host, _call: *mut c_void, values: *const Value, _n: u32, out: *mut *mut c_void,
) -> Status {
    unsafe { *out = Box::into_raw(Box::new((*values).f)) as *mut c_void };
    OK
}

extern "C" fn destroy(instance: *mut c_void) {
    drop(unsafe { Box::from_raw(instance as *mut f64) });
}

/// The number that an instance was made with.
pub fn setting(instance: *mut c_void) -> f64 {
    unsafe { *(instance as *const f64) }
}

/// The plugin's table, which lives until the process ends.
pub fn plugin<V>(host: *const Host, about: Description, vtable: V) -> *const c_void {
    unsafe { HOST = host };
    let (name, doc, def, min, max) = about.parameter;
    let spec: &'static ParamSpec = Box::leak(Box::new(ParamSpec {
        struct_size: std::mem::size_of::<ParamSpec>() as u32,
        kind: 3,
        flags: 2,
        n_choices: 0,
        name: text(name),
        doc: text(doc),
        alias: text(""),
        def: number(def),
        min: number(min),
        max: number(max),
        choices: ptr::null(),
    }));
    let params: &'static *const ParamSpec = Box::leak(Box::new(spec as *const ParamSpec));
    let strategy: &'static StrategyTable = Box::leak(Box::new(StrategyTable {
        struct_size: std::mem::size_of::<StrategyTable>() as u32,
        flags: 3,
        id: text(about.id),
        interface_id: text(about.interface),
        name: text(about.name),
        doc: text(about.doc),
        version: text("1.0.0"),
        device_mask: 1,
        params,
        n_params: 1,
        reserved: 0,
        data: ptr::null_mut(),
        create,
        destroy,
        vtable: Box::into_raw(Box::new(vtable)) as *const c_void,
    }));
    let strategies: &'static *const StrategyTable = Box::leak(Box::new(strategy as *const StrategyTable));
    Box::into_raw(Box::new(PluginTable {
        struct_size: std::mem::size_of::<PluginTable>() as u32,
        n_strategies: 1,
        abi: [16, 1, 2, 0],
        id: text(about.id),
        version: text("1.0.0"),
        vendor: text("You"),
        strategies,
        shutdown: ptr::null(),
    })) as *const c_void
}
