//! A loss of distillation: the mean of squared differences, times a scale.
mod esp;
use std::ffi::c_void;

/// The differences of each pair, which the backward pass needs.
type Saved = Vec<Vec<f32>>;

extern "C" fn forward(
    instance: *mut c_void, call: *mut c_void, _exec: *const c_void, _host: *const c_void, student: *const esp::TensorView,
    teacher: *const esp::TensorView, n: u32, loss: *const esp::TensorView, saved: *mut *mut c_void,
) -> esp::Status {
    esp::guarded(call, || {
        let (student, teacher) =
            unsafe { (std::slice::from_raw_parts(student, n as usize), std::slice::from_raw_parts(teacher, n as usize)) };
        let mut kept: Saved = Vec::new();
        let mut sum = 0.0;
        for (student, teacher) in student.iter().zip(teacher) {
            if student.count() != teacher.count() {
                return Err(esp::Fault::Own(esp::INVALID_ARGUMENT, "student and teacher differ in size".into()));
            }
            let differences: Vec<f32> = student.values().iter().zip(teacher.values()).map(|(s, t)| s - t).collect();
            sum += differences.iter().map(|d| (*d as f64) * (*d as f64)).sum::<f64>() / differences.len() as f64;
            kept.push(differences);
        }
        unsafe {
            (*loss).values_mut()[0] = (esp::setting(instance) * sum) as f32;
            *saved = Box::into_raw(Box::new(kept)) as *mut c_void;
        }
        Ok(())
    })
}

/// d loss / d student = 2 scale (student - teacher) / n, times what the loss itself is derived by.
extern "C" fn backward(
    instance: *mut c_void, call: *mut c_void, _exec: *const c_void, saved: *mut c_void, grad_loss: *const esp::TensorView,
    gradients: *const esp::TensorView, n: u32,
) -> esp::Status {
    esp::guarded(call, || {
        let (saved, outer, gradients) =
            unsafe { (&*(saved as *const Saved), (*grad_loss).values()[0], std::slice::from_raw_parts(gradients, n as usize)) };
        for (gradient, differences) in gradients.iter().zip(saved) {
            let factor = (2.0 * esp::setting(instance) * outer as f64 / differences.len() as f64) as f32;
            for (out, difference) in gradient.values_mut().iter_mut().zip(differences) {
                *out = factor * difference;
            }
        }
        Ok(())
    })
}

extern "C" fn drop_saved(_instance: *mut c_void, saved: *mut c_void) {
    if !saved.is_null() {
        drop(unsafe { Box::from_raw(saved as *mut Saved) });
    }
}

#[no_mangle]
pub extern "C" fn esp_plugin_entry_v1(host: *const esp::Host) -> *const c_void {
    let about = esp::Description {
        id: "@ID@",
        interface: "@INTERFACE@",
        name: "@NAME@",
        doc: "@DOC@",
        parameter: ("scale", "What the loss is multiplied by.", 1.0, 0.001, 1000.0),
    };
    esp::plugin(host, about, esp::DistillV1 { forward: Some(forward), backward: Some(backward), drop_saved: Some(drop_saved), ..esp::sized() })
}
