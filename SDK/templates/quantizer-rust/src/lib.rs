//! A quantizer: ranges by the extremes, shrunk by a share.
mod esp;
use std::ffi::c_void;

extern "C" fn ranges(
    instance: *mut c_void, call: *mut c_void, quantizing: *const esp::QuantizingHost, index: u32, out: *mut esp::Range, n: u64,
) -> esp::Status {
    esp::guarded(call, || {
        let (quantizing, out) = unsafe { (&*quantizing, std::slice::from_raw_parts_mut(out, n as usize)) };
        let share = esp::setting(instance);
        let mut tensor: esp::Quantized = esp::sized();
        esp::check((quantizing.tensor)(call, index, &mut tensor))?;
        if tensor.kind == esp::WEIGHT {
            return weight(call, quantizing, index, if n == 1 { None } else { Some(tensor.axis as usize) }, share, out);
        }
        let mut seen: esp::Seen = esp::sized();
        esp::check((quantizing.seen)(call, index, &mut seen))?;
        out[0] = esp::Range { low: seen.low.min(0.0) as f64 * share, high: seen.high.max(0.0) as f64 * share };
        if out[0].low == out[0].high {
            out[0].high = 1.0;
        }
        Ok(())
    })
}

/// The range of each channel of a weight, by its extremes.
fn weight(
    call: *mut c_void, quantizing: &esp::QuantizingHost, index: u32, axis: Option<usize>, share: f64, out: &mut [esp::Range],
) -> Result<(), esp::Fault> {
    let mut view = esp::TensorView::empty();
    esp::check((quantizing.weight)(call, index, &mut view))?;
    let channels = axis.map_or(1, |axis| view.shape()[axis] as usize);
    if channels != out.len() {
        return Err(esp::Fault::Own(esp::INTERNAL, "the weight has other channels than ranges".into()));
    }
    let inner: usize = axis.map_or(view.count(), |axis| view.shape()[axis + 1..].iter().product::<i64>() as usize);
    let mut most = vec![0.0f64; channels];
    for (block, values) in view.values().chunks(inner).enumerate() {
        let channel = &mut most[block % channels];
        *channel = values.iter().fold(*channel, |most, value| most.max(value.abs() as f64));
    }
    for (range, most) in out.iter_mut().zip(most) {
        let end = if most == 0.0 { 1.0 } else { most * share };
        *range = esp::Range { low: -end, high: end };
    }
    Ok(())
}

#[no_mangle]
pub extern "C" fn esp_plugin_entry_v1(host: *const esp::Host) -> *const c_void {
    let about = esp::Description {
        id: "@ID@",
        interface: "@INTERFACE@",
        name: "@NAME@",
        doc: "@DOC@",
        parameter: ("share", "What remains of the extremes.", 1.0, 0.1, 1.0),
    };
    esp::plugin(host, about, esp::QuantizerV1 { ranges: Some(ranges), ..esp::sized() })
}
