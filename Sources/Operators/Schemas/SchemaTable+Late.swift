// Written by scripts/onnx-schemas.py from onnx 1.23.2; do not edit.
// swift-format-ignore-file: a line is an operator, however long.

extension SchemaTable {
  /// The operators from M to Z.
  static let late = """
    MatMul 1|2 A:T B:T|1 Y:T|T=0|
    MatMul 9|2 A:T B:T|1 Y:T|T=4|
    MatMul 13|2 A:T B:T|1 Y:T|T=5|
    MatMulInteger 10|2 A:T1 B:T2 a_zero_point?:T1 b_zero_point?:T2|1 Y:T3|T1=37 T2=37 T3=38|
    Max 1|1 data_0*:T|1 max:T|T=0|consumed_inputs:I
    Max 6|1 data_0*:T|1 max:T|T=0|
    Max 8|1 data_0*:T|1 max:T|T=0|
    Max 12|1 data_0*:T|1 max:T|T=1|
    Max 13|1 data_0*:T|1 max:T|T=2|
    MaxPool 1|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET kernel_shape:I! pads:I strides:I
    MaxPool 8|1 X:T|1 Y:T Indices?:I|T=0 I=6|auto_pad:s=NOTSET kernel_shape:I! pads:I storage_order:i=0 strides:I
    MaxPool 10|1 X:T|1 Y:T Indices?:I|T=0 I=6|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! pads:I storage_order:i=0 strides:I
    MaxPool 11|1 X:T|1 Y:T Indices?:I|T=0 I=6|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! pads:I storage_order:i=0 strides:I
    MaxPool 12|1 X:T|1 Y:T Indices?:I|T=60 I=6|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! pads:I storage_order:i=0 strides:I
    MaxPool 22|1 X:T|1 Y:T Indices?:I|T=61 I=6|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! pads:I storage_order:i=0 strides:I
    MaxRoiPool 1|2 X:T rois:T|1 Y:T|T=0|pooled_shape:I! spatial_scale:f=1.0
    MaxRoiPool 22|2 X:T rois:T|1 Y:T|T=3|pooled_shape:I! spatial_scale:f=1.0
    MaxUnpool 9|2 X:T1 I:T2 output_shape?:T2|1 output:T1|T1=0 T2=6|kernel_shape:I! pads:I strides:I
    MaxUnpool 11|2 X:T1 I:T2 output_shape?:T2|1 output:T1|T1=0 T2=6|kernel_shape:I! pads:I strides:I
    MaxUnpool 22|2 X:T1 I:T2 output_shape?:T2|1 output:T1|T1=3 T2=6|kernel_shape:I! pads:I strides:I
    Mean 1|1 data_0*:T|1 mean:T|T=0|consumed_inputs:I
    Mean 6|1 data_0*:T|1 mean:T|T=0|
    Mean 8|1 data_0*:T|1 mean:T|T=0|
    Mean 13|1 data_0*:T|1 mean:T|T=3|
    MeanVarianceNormalization 9|1 X:T|1 Y:T|T=0|axes:I=0,2,3
    MeanVarianceNormalization 13|1 X:T|1 Y:T|T=3|axes:I=0,2,3
    MelWeightMatrix 17|5 num_mel_bins:T1 dft_length:T1 sample_rate:T1 lower_edge_hertz:T2 upper_edge_hertz:T2|1 output:T3|T1=12 T2=3 T3=2|output_datatype:i=1
    Min 1|1 data_0*:T|1 min:T|T=0|consumed_inputs:I
    Min 6|1 data_0*:T|1 min:T|T=0|
    Min 8|1 data_0*:T|1 min:T|T=0|
    Min 12|1 data_0*:T|1 min:T|T=1|
    Min 13|1 data_0*:T|1 min:T|T=2|
    Mish 18|1 X:T|1 Y:T|T=0|
    Mish 22|1 X:T|1 Y:T|T=3|
    Mod 10|2 A:T B:T|1 C:T|T=1|fmod:i=0
    Mod 13|2 A:T B:T|1 C:T|T=2|fmod:i=0
    Mod 28|2 A:T B:T|1 C:T|T=2|fmod:i=0
    Mul 1|2 A:T B:T|1 C:T|T=0|axis:i broadcast:i=0 consumed_inputs:I
    Mul 6|2 A:T B:T|1 C:T|T=4|axis:i broadcast:i=0
    Mul 7|2 A:T B:T|1 C:T|T=4|
    Mul 13|2 A:T B:T|1 C:T|T=5|
    Mul 14|2 A:T B:T|1 C:T|T=2|
    Multinomial 7|1 input:T1|1 output:T2|T1=0 T2=12|dtype:i=6 sample_size:i=1 seed:f
    Multinomial 22|1 input:T1|1 output:T2|T1=3 T2=12|dtype:i=6 sample_size:i=1 seed:f
    Neg 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Neg 6|1 X:T|1 Y:T|T=62|
    Neg 13|1 X:T|1 Y:T|T=63|
    NegativeLogLikelihoodLoss 12|2 input:T target:Tind weight?:T|1 loss:T|T=0 Tind=12|ignore_index:i reduction:s=mean
    NegativeLogLikelihoodLoss 13|2 input:T target:Tind weight?:T|1 loss:T|T=0 Tind=12|ignore_index:i reduction:s=mean
    NegativeLogLikelihoodLoss 22|2 input:T target:Tind weight?:T|1 loss:T|T=3 Tind=12|ignore_index:i reduction:s=mean
    NonMaxSuppression 10|2 boxes:23 scores:23 max_output_boxes_per_class?:6 iou_threshold?:23 score_threshold?:23|1 selected_indices:6||center_point_box:i=0
    NonMaxSuppression 11|2 boxes:23 scores:23 max_output_boxes_per_class?:6 iou_threshold?:23 score_threshold?:23|1 selected_indices:6||center_point_box:i=0
    NonZero 9|1 X:T|1 Y:6|T=25|
    NonZero 13|1 X:T|1 Y:6|T=24|
    Not 1|1 X:T|1 Y:T|T=7|
    OneHot 9|3 indices:T1 depth:T2 values:T3|1 output:T3|T1=1 T2=1 T3=25|axis:i=-1
    OneHot 11|3 indices:T1 depth:T2 values:T3|1 output:T3|T1=1 T2=1 T3=25|axis:i=-1
    OneHot 28|3 indices:T1 depth:T2 values:T3|1 output:T3|T1=1 T2=1 T3=24|axis:i=-1
    Optional 15|0 input?:V|1 output:O|V=57 O=64|type:y
    Optional 28|0 input?:V|1 output:O|V=65 O=64|type:y
    OptionalGetElement 15|1 input:O|1 output:V|O=64 V=57|
    OptionalGetElement 18|1 input:O|1 output:V|O=66 V=57|
    OptionalGetElement 28|1 input:O|1 output:V|O=56 V=65|
    OptionalHasElement 15|1 input:O|1 output:B|O=64 B=7|
    OptionalHasElement 18|0 input?:O|1 output:B|O=66 B=7|
    OptionalHasElement 28|0 input?:O|1 output:B|O=56 B=7|
    Or 1|2 A:T B:T|1 C:T1|T=7 T1=7|axis:i broadcast:i=0
    Or 7|2 A:T B:T|1 C:T1|T=7 T1=7|
    PRelu 1|2 X:T slope:T|1 Y:T|T=0|consumed_inputs:I
    PRelu 6|2 X:T slope:T|1 Y:T|T=0|
    PRelu 7|2 X:T slope:T|1 Y:T|T=0|
    PRelu 9|2 X:T slope:T|1 Y:T|T=4|
    PRelu 16|2 X:T slope:T|1 Y:T|T=5|
    Pad 1|1 data:T|1 output:T|T=0|mode:s=constant paddings:I! value:f=0.0
    Pad 2|1 data:T|1 output:T|T=0|mode:s=constant pads:I! value:f=0.0
    Pad 11|2 data:T pads:6 constant_value?:T|1 output:T|T=1|mode:s=constant
    Pad 13|2 data:T pads:6 constant_value?:T|1 output:T|T=24|mode:s=constant
    Pad 18|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=24 Tind=12|mode:s=constant
    Pad 19|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=24 Tind=12|mode:s=constant
    Pad 21|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=28 Tind=12|mode:s=constant
    Pad 23|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=29 Tind=12|mode:s=constant
    Pad 24|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=30 Tind=12|mode:s=constant
    Pad 25|2 data:T pads:6 constant_value?:T axes?:Tind|1 output:T|T=31 Tind=12|mode:s=constant
    Pow 1|2 X:T Y:T|1 Z:T|T=0|axis:i broadcast:i=0
    Pow 7|2 X:T Y:T|1 Z:T|T=0|
    Pow 12|2 X:T Y:T1|1 Z:T|T=67 T1=1|
    Pow 13|2 X:T Y:T1|1 Z:T|T=68 T1=1|
    Pow 15|2 X:T Y:T1|1 Z:T|T=68 T1=2|
    QLinearConv 10|8 x:T1 x_scale:23 x_zero_point:T1 w:T2 w_scale:23 w_zero_point:T2 y_scale:23 y_zero_point:T3 B?:T4|1 y:T3|T1=37 T2=37 T3=37 T4=38|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I pads:I strides:I
    QLinearMatMul 10|8 a:T1 a_scale:23 a_zero_point:T1 b:T2 b_scale:23 b_zero_point:T2 y_scale:23 y_zero_point:T3|1 y:T3|T1=37 T2=37 T3=37|
    QLinearMatMul 21|8 a:T1 a_scale:TS a_zero_point:T1 b:T2 b_scale:TS b_zero_point:T2 y_scale:TS y_zero_point:T3|1 y:T3|TS=22 T1=69 T2=69 T3=69|
    QuantizeLinear 10|2 x:T1 y_scale:23 y_zero_point?:T2|1 y:T2|T1=70 T2=37|
    QuantizeLinear 13|2 x:T1 y_scale:23 y_zero_point?:T2|1 y:T2|T1=70 T2=37|axis:i=1
    QuantizeLinear 19|2 x:T1 y_scale:T1 y_zero_point?:T2|1 y:T2|T1=71 T2=69|axis:i=1 saturate:i=1
    QuantizeLinear 21|2 x:T1 y_scale:T1 y_zero_point?:T2|1 y:T2|T1=71 T2=72|axis:i=1 block_size:i=0 output_dtype:i=0 saturate:i=1
    QuantizeLinear 23|2 x:T1 y_scale:T2 y_zero_point?:T3|1 y:T3|T1=71 T2=71 T3=73|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1
    QuantizeLinear 24|2 x:T1 y_scale:T2 y_zero_point?:T3|1 y:T3|T1=71 T2=74 T3=73|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1
    QuantizeLinear 25|2 x:T1 y_scale:T2 y_zero_point?:T3|1 y:T3|T1=71 T2=74 T3=75|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1
    QuantizeLinear 28|2 x:T1 y_scale:T2 y_zero_point?:T3|1 y:T3|T1=71 T2=74 T3=76|axis:i=1 block_size:i=0 output_dtype:i=0 precision:i=0 saturate:i=1
    RMSNormalization 23|2 X:T scale:V|1 Y:V|T=3 V=3|axis:i=-1 epsilon:f=9.999999747378752e-06 stash_type:i=1
    RNN 1|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S=b'Tanh',b'Tanh' clip:f direction:s=forward hidden_size:i output_sequence:i=0
    RNN 7|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S=b'Tanh',b'Tanh' clip:f direction:s=forward hidden_size:i
    RNN 14|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S=b'Tanh',b'Tanh' clip:f direction:s=forward hidden_size:i layout:i=0
    RNN 22|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=3 T1=38|activation_alpha:F activation_beta:F activations:S=b'Tanh',b'Tanh' clip:f direction:s=forward hidden_size:i layout:i=0
    RandomNormal 1|0|1 output:T|T=0|dtype:i=1 mean:f=0.0 scale:f=1.0 seed:f shape:I!
    RandomNormal 22|0|1 output:T|T=3|dtype:i=1 mean:f=0.0 scale:f=1.0 seed:f shape:I!
    RandomNormalLike 1|1 input:T1|1 output:T2|T1=25 T2=0|dtype:i mean:f=0.0 scale:f=1.0 seed:f
    RandomNormalLike 22|1 input:T1|1 output:T2|T1=24 T2=3|dtype:i mean:f=0.0 scale:f=1.0 seed:f
    RandomUniform 1|0|1 output:T|T=0|dtype:i=1 high:f=1.0 low:f=0.0 seed:f shape:I!
    RandomUniform 22|0|1 output:T|T=3|dtype:i=1 high:f=1.0 low:f=0.0 seed:f shape:I!
    RandomUniformLike 1|1 input:T1|1 output:T2|T1=25 T2=0|dtype:i high:f=1.0 low:f=0.0 seed:f
    RandomUniformLike 22|1 input:T1|1 output:T2|T1=24 T2=3|dtype:i high:f=1.0 low:f=0.0 seed:f
    Range 11|3 start:T limit:T delta:T|1 output:T|T=77|
    Range 27|3 start:T limit:T delta:T|1 output:T|T=78|stash_type:i=1
    Reciprocal 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Reciprocal 6|1 X:T|1 Y:T|T=0|
    Reciprocal 13|1 X:T|1 Y:T|T=3|
    ReduceL1 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceL1 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceL1 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceL1 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceL2 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceL2 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceL2 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceL2 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceLogSum 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceLogSum 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceLogSum 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceLogSum 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceLogSum 28|1 data:T axes?:6|1 reduced:T|T=3|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceLogSumExp 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceLogSumExp 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceLogSumExp 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceLogSumExp 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceLogSumExp 28|1 data:T axes?:6|1 reduced:T|T=3|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceMax 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMax 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMax 12|1 data:T|1 reduced:T|T=79|axes:I keepdims:i=1
    ReduceMax 13|1 data:T|1 reduced:T|T=80|axes:I keepdims:i=1
    ReduceMax 18|1 data:T axes?:6|1 reduced:T|T=80|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceMax 20|1 data:T axes?:6|1 reduced:T|T=81|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceMean 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMean 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMean 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceMean 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceMin 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMin 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceMin 12|1 data:T|1 reduced:T|T=79|axes:I keepdims:i=1
    ReduceMin 13|1 data:T|1 reduced:T|T=80|axes:I keepdims:i=1
    ReduceMin 18|1 data:T axes?:6|1 reduced:T|T=80|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceMin 20|1 data:T axes?:6|1 reduced:T|T=81|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceProd 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceProd 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceProd 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceProd 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceSum 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceSum 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceSum 13|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    ReduceSumSquare 1|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceSumSquare 11|1 data:T|1 reduced:T|T=4|axes:I keepdims:i=1
    ReduceSumSquare 13|1 data:T|1 reduced:T|T=5|axes:I keepdims:i=1
    ReduceSumSquare 18|1 data:T axes?:6|1 reduced:T|T=5|keepdims:i=1 noop_with_empty_axes:i=0
    RegexFullMatch 20|1 X:T1|1 Y:T2|T1=82 T2=7|pattern:s
    Relu 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Relu 6|1 X:T|1 Y:T|T=0|
    Relu 13|1 X:T|1 Y:T|T=3|
    Relu 14|1 X:T|1 Y:T|T=63|
    Reshape 1|1 data:T|1 reshaped:T|T=0|consumed_inputs:I shape:I
    Reshape 5|2 data:T shape:6|1 reshaped:T|T=25|
    Reshape 13|2 data:T shape:6|1 reshaped:T|T=24|
    Reshape 14|2 data:T shape:6|1 reshaped:T|T=24|allowzero:i=0
    Reshape 19|2 data:T shape:6|1 reshaped:T|T=27|allowzero:i=0
    Reshape 21|2 data:T shape:6|1 reshaped:T|T=28|allowzero:i=0
    Reshape 23|2 data:T shape:6|1 reshaped:T|T=29|allowzero:i=0
    Reshape 24|2 data:T shape:6|1 reshaped:T|T=30|allowzero:i=0
    Reshape 25|2 data:T shape:6|1 reshaped:T|T=31|allowzero:i=0
    Resize 10|2 X:T scales:23|1 Y:T|T=25|mode:s=nearest
    Resize 11|3 X:T1 roi:T2 scales:23 sizes?:6|1 Y:T1|T1=25 T2=0|coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 mode:s=nearest nearest_mode:s=round_prefer_floor
    Resize 13|1 X:T1 roi?:T2 scales?:23 sizes?:6|1 Y:T1|T1=24 T2=0|coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 mode:s=nearest nearest_mode:s=round_prefer_floor
    Resize 18|1 X:T1 roi?:T2 scales?:23 sizes?:6|1 Y:T1|T1=24 T2=0|antialias:i=0 axes:I coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 keep_aspect_ratio_policy:s=stretch mode:s=nearest nearest_mode:s=round_prefer_floor
    Resize 19|1 X:T1 roi?:T2 scales?:23 sizes?:6|1 Y:T1|T1=24 T2=0|antialias:i=0 axes:I coordinate_transformation_mode:s=half_pixel cubic_coeff_a:f=-0.75 exclude_outside:i=0 extrapolation_value:f=0.0 keep_aspect_ratio_policy:s=stretch mode:s=nearest nearest_mode:s=round_prefer_floor
    ReverseSequence 10|2 input:T sequence_lens:6|1 Y:T|T=25|batch_axis:i=1 time_axis:i=0
    ReverseSequence 28|2 input:T sequence_lens:6|1 Y:T|T=24|batch_axis:i=1 time_axis:i=0
    RoiAlign 10|3 X:T1 rois:T1 batch_indices:T2|1 Y:T1|T1=0 T2=6|mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0
    RoiAlign 16|3 X:T1 rois:T1 batch_indices:T2|1 Y:T1|T1=0 T2=6|coordinate_transformation_mode:s=half_pixel mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0
    RoiAlign 22|3 X:T1 rois:T1 batch_indices:T2|1 Y:T1|T1=3 T2=6|coordinate_transformation_mode:s=half_pixel mode:s=avg output_height:i=1 output_width:i=1 sampling_ratio:i=0 spatial_scale:f=1.0
    RotaryEmbedding 23|3 X:T cos_cache:T sin_cache:T position_ids?:M|1 Y:T|T=22 M=6|interleaved:i=0 num_heads:i rotary_embedding_dim:i=0
    Round 11|1 X:T|1 Y:T|T=0|
    Round 22|1 X:T|1 Y:T|T=3|
    STFT 17|2 signal:T1 frame_step:T2 window?:T1 frame_length?:T2|1 output:T1|T1=3 T2=12|onesided:i=1
    Scan 8|2 sequence_lens?:I initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|I=6 V=25|body:g! directions:I num_scan_inputs:i!
    Scan 9|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=25|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 11|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=25|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 16|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=24|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 19|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=27|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 21|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=28|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 23|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=29|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 24|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=30|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scan 25|1 initial_state_and_scan_inputs**:V|1 final_state_and_scan_outputs**:V|V=31|body:g! num_scan_inputs:i! scan_input_axes:I scan_input_directions:I scan_output_axes:I scan_output_directions:I
    Scatter 9|3 data:T indices:Tind updates:T|1 output:T|T=25 Tind=12|axis:i=0
    Scatter 11 !|3 data:T indices:Tind updates:T|1 output:T|T=25 Tind=12|axis:i=0
    ScatterElements 11|3 data:T indices:Tind updates:T|1 output:T|T=25 Tind=12|axis:i=0
    ScatterElements 13|3 data:T indices:Tind updates:T|1 output:T|T=24 Tind=12|axis:i=0
    ScatterElements 16|3 data:T indices:Tind updates:T|1 output:T|T=24 Tind=12|axis:i=0 reduction:s=none
    ScatterElements 18|3 data:T indices:Tind updates:T|1 output:T|T=24 Tind=12|axis:i=0 reduction:s=none
    ScatterND 11|3 data:T indices:6 updates:T|1 output:T|T=25|
    ScatterND 13|3 data:T indices:6 updates:T|1 output:T|T=24|
    ScatterND 16|3 data:T indices:6 updates:T|1 output:T|T=24|reduction:s=none
    ScatterND 18|3 data:T indices:6 updates:T|1 output:T|T=24|reduction:s=none
    Selu 1|1 X:T|1 Y:T|T=0|alpha:f=1.673200011253357 consumed_inputs:I gamma:f=1.0506999492645264
    Selu 6|1 X:T|1 Y:T|T=0|alpha:f=1.6732631921768188 gamma:f=1.0507010221481323
    Selu 22|1 X:T|1 Y:T|T=3|alpha:f=1.6732631921768188 gamma:f=1.0507010221481323
    SequenceAt 11|2 input_sequence:S position:I|1 tensor:T|S=26 T=25 I=12|
    SequenceConstruct 11|1 inputs*:T|1 output_sequence:S|T=25 S=26|
    SequenceEmpty 11|0|1 output:S|S=26|dtype:i
    SequenceErase 11|1 input_sequence:S position?:I|1 output_sequence:S|S=26 I=12|
    SequenceInsert 11|2 input_sequence:S tensor:T position?:I|1 output_sequence:S|T=25 S=26 I=12|
    SequenceLength 11|1 input_sequence:S|1 length:I|S=26 I=6|
    SequenceMap 17|1 input_sequence:S additional_inputs**:V|1 out_sequence**:S|S=26 V=57|body:g!
    Shape 1|1 data:T|1 shape:T1|T=25 T1=6|
    Shape 13|1 data:T|1 shape:T1|T=24 T1=6|
    Shape 15|1 data:T|1 shape:T1|T=24 T1=6|end:i start:i=0
    Shape 19|1 data:T|1 shape:T1|T=27 T1=6|end:i start:i=0
    Shape 21|1 data:T|1 shape:T1|T=28 T1=6|end:i start:i=0
    Shape 23|1 data:T|1 shape:T1|T=29 T1=6|end:i start:i=0
    Shape 24|1 data:T|1 shape:T1|T=30 T1=6|end:i start:i=0
    Shape 25|1 data:T|1 shape:T1|T=31 T1=6|end:i start:i=0
    Shrink 9|1 input:T|1 output:T|T=1|bias:f=0.0 lambd:f=0.5
    Sigmoid 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Sigmoid 6|1 X:T|1 Y:T|T=0|
    Sigmoid 13|1 X:T|1 Y:T|T=3|
    Sign 9|1 input:T|1 output:T|T=1|
    Sign 13|1 input:T|1 output:T|T=2|
    Sin 7|1 input:T|1 output:T|T=0|
    Sin 22|1 input:T|1 output:T|T=3|
    Sinh 9|1 input:T|1 output:T|T=0|
    Sinh 22|1 input:T|1 output:T|T=3|
    Size 1|1 data:T|1 size:T1|T=25 T1=6|
    Size 13|1 data:T|1 size:T1|T=24 T1=6|
    Size 19|1 data:T|1 size:T1|T=27 T1=6|
    Size 21|1 data:T|1 size:T1|T=28 T1=6|
    Size 23|1 data:T|1 size:T1|T=29 T1=6|
    Size 24|1 data:T|1 size:T1|T=30 T1=6|
    Size 25|1 data:T|1 size:T1|T=31 T1=6|
    Slice 1|1 data:T|1 output:T|T=25|axes:I ends:I! starts:I!
    Slice 10|3 data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|1 output:T|T=25 Tind=12|
    Slice 11|3 data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|1 output:T|T=25 Tind=12|
    Slice 13|3 data:T starts:Tind ends:Tind axes?:Tind steps?:Tind|1 output:T|T=24 Tind=12|
    Softmax 1|1 input:T|1 output:T|T=0|axis:i=1
    Softmax 11|1 input:T|1 output:T|T=0|axis:i=1
    Softmax 13|1 input:T|1 output:T|T=3|axis:i=-1
    SoftmaxCrossEntropyLoss 12|2 scores:T labels:Tind weights?:T|1 output:T log_prob?:T|T=0 Tind=12|ignore_index:i reduction:s=mean
    SoftmaxCrossEntropyLoss 13|2 scores:T labels:Tind weights?:T|1 output:T log_prob?:T|T=3 Tind=12|ignore_index:i reduction:s=mean
    Softplus 1|1 X:T|1 Y:T|T=0|
    Softplus 22|1 X:T|1 Y:T|T=3|
    Softsign 1|1 input:T|1 output:T|T=0|
    Softsign 22|1 input:T|1 output:T|T=3|
    SpaceToDepth 1|1 input:T|1 output:T|T=25|blocksize:i!
    SpaceToDepth 13|1 input:T|1 output:T|T=24|blocksize:i!
    SpaceToDepth 28|1 input:T|1 output:T|T=24|blocksize:i! mode:s=DCR
    Split 1|1 input:T split?:T|1 outputs...*:T|T=0|axis:i split:I
    Split 2|1 input:T|1 outputs*:T|T=25|axis:i=0 split:I
    Split 11|1 input:T|1 outputs*:T|T=25|axis:i=0 split:I
    Split 13|1 input:T split?:6|1 outputs*:T|T=24|axis:i=0
    Split 18|1 input:T split?:6|1 outputs*:T|T=24|axis:i=0 num_outputs:i
    SplitToSequence 11|1 input:T split?:I|1 output_sequence:S|T=25 I=12 S=26|axis:i=0 keepdims:i=1
    SplitToSequence 24|1 input:T split?:I|1 output_sequence:S|T=24 I=12 S=26|axis:i=0 keepdims:i=1
    Sqrt 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Sqrt 6|1 X:T|1 Y:T|T=0|
    Sqrt 13|1 X:T|1 Y:T|T=3|
    Squeeze 1|1 data:T|1 squeezed:T|T=25|axes:I
    Squeeze 11|1 data:T|1 squeezed:T|T=25|axes:I
    Squeeze 13|1 data:T axes?:6|1 squeezed:T|T=24|
    Squeeze 21|1 data:T axes?:6|1 squeezed:T|T=28|
    Squeeze 23|1 data:T axes?:6|1 squeezed:T|T=29|
    Squeeze 24|1 data:T axes?:6|1 squeezed:T|T=30|
    Squeeze 25|1 data:T axes?:6|1 squeezed:T|T=31|
    StringConcat 20|2 X:T Y:T|1 Z:T|T=82|
    StringNormalizer 10|1 X:82|1 Y:82||case_change_action:s=NONE is_case_sensitive:i=0 locale:s stopwords:S
    StringSplit 20|1 X:T1|2 Y:T2 Z:T3|T1=82 T2=82 T3=6|delimiter:s maxsplit:i
    Sub 1|2 A:T B:T|1 C:T|T=0|axis:i broadcast:i=0 consumed_inputs:I
    Sub 6|2 A:T B:T|1 C:T|T=4|axis:i broadcast:i=0
    Sub 7|2 A:T B:T|1 C:T|T=4|
    Sub 13|2 A:T B:T|1 C:T|T=5|
    Sub 14|2 A:T B:T|1 C:T|T=2|
    Sum 1|1 data_0*:T|1 sum:T|T=0|consumed_inputs:I
    Sum 6|1 data_0*:T|1 sum:T|T=0|
    Sum 8|1 data_0*:T|1 sum:T|T=0|
    Sum 13|1 data_0*:T|1 sum:T|T=3|
    SwiGLU 28|2 A:T B:T|1 Y:T|T=3|alpha:f=1.0
    Swish 24|1 X:T|1 Y:T|T=3|alpha:f=1.0
    Tan 7|1 input:T|1 output:T|T=0|
    Tan 22|1 input:T|1 output:T|T=3|
    Tanh 1|1 input:T|1 output:T|T=0|consumed_inputs:I
    Tanh 6|1 input:T|1 output:T|T=0|
    Tanh 13|1 input:T|1 output:T|T=3|
    TensorScatter 24|2 past_cache:T update:T write_indices?:6|1 present_cache:T|T=30|axis:i=-2 mode:s=linear
    TfIdfVectorizer 9|1 X:T|1 Y:T1|T=83 T1=23|max_gram_length:i! max_skip_count:i! min_gram_length:i! mode:s! ngram_counts:I! ngram_indexes:I! pool_int64s:I pool_strings:S weights:F
    ThresholdedRelu 10|1 X:T|1 Y:T|T=0|alpha:f=1.0
    ThresholdedRelu 22|1 X:T|1 Y:T|T=3|alpha:f=1.0
    Tile 1|3 input:T tiles:T axis:T|1 output:T|T=0 T1=6|
    Tile 6|2 input:T repeats:T1|1 output:T|T=25 T1=6|
    Tile 13|2 input:T repeats:T1|1 output:T|T=24 T1=6|
    TopK 1|1 X:T|2 Values:T Indices:I|T=0 I=6|axis:i=-1 k:i!
    TopK 10|2 X:T K:6|2 Values:T Indices:I|T=0 I=6|axis:i=-1
    TopK 11|2 X:T K:6|2 Values:T Indices:I|T=1 I=6|axis:i=-1 largest:i=1 sorted:i=1
    TopK 24|2 X:T K:6|2 Values:T Indices:I|T=2 I=6|axis:i=-1 largest:i=1 sorted:i=1
    Transpose 1|1 data:T|1 transposed:T|T=25|perm:I
    Transpose 13|1 data:T|1 transposed:T|T=24|perm:I
    Transpose 21|1 data:T|1 transposed:T|T=28|perm:I
    Transpose 23|1 data:T|1 transposed:T|T=29|perm:I
    Transpose 24|1 data:T|1 transposed:T|T=30|perm:I
    Transpose 25|1 data:T|1 transposed:T|T=31|perm:I
    Trilu 14|1 input:T k?:6|1 output:T|T=24|upper:i=1
    Unique 11|1 X:T|1 Y:T indices?:6 inverse_indices?:6 counts?:6|T=25|axis:i sorted:i=1
    Unique 28|1 X:T|1 Y:T indices?:6 inverse_indices?:6 counts?:6|T=24|axis:i sorted:i=1
    Unsqueeze 1|1 data:T|1 expanded:T|T=25|axes:I!
    Unsqueeze 11|1 data:T|1 expanded:T|T=25|axes:I!
    Unsqueeze 13|2 data:T axes:6|1 expanded:T|T=24|
    Unsqueeze 21|2 data:T axes:6|1 expanded:T|T=28|
    Unsqueeze 23|2 data:T axes:6|1 expanded:T|T=29|
    Unsqueeze 24|2 data:T axes:6|1 expanded:T|T=30|
    Unsqueeze 25|2 data:T axes:6|1 expanded:T|T=31|
    Upsample 1|1 X:T|1 Y:T|T=84|height_scale:f! mode:s=nearest width_scale:f!
    Upsample 7|1 X:T|1 Y:T|T=25|mode:s=nearest scales:F!
    Upsample 9|2 X:T scales:23|1 Y:T|T=25|mode:s=nearest
    Upsample 10 !|2 X:T scales:23|1 Y:T|T=25|mode:s=nearest
    Where 9|3 condition:B X:T Y:T|1 output:T|B=7 T=25|
    Where 16|3 condition:B X:T Y:T|1 output:T|B=7 T=24|
    Xor 1|2 A:T B:T|1 C:T1|T=7 T1=7|axis:i broadcast:i=0
    Xor 7|2 A:T B:T|1 C:T1|T=7 T1=7|
    """
}
