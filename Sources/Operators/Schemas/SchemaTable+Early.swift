// Written by scripts/onnx-schemas.py from onnx 1.23.2; do not edit.
// swift-format-ignore-file: a line is an operator, however long.

extension SchemaTable {
  /// The operators from A to L.
  static let early = """
    Abs 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Abs 6|1 X:T|1 Y:T|T=1|
    Abs 13|1 X:T|1 Y:T|T=2|
    Acos 7|1 input:T|1 output:T|T=0|
    Acos 22|1 input:T|1 output:T|T=3|
    Acosh 9|1 input:T|1 output:T|T=0|
    Acosh 22|1 input:T|1 output:T|T=3|
    Add 1|2 A:T B:T|1 C:T|T=0|axis:i broadcast:i=0 consumed_inputs:I
    Add 6|2 A:T B:T|1 C:T|T=4|axis:i broadcast:i=0
    Add 7|2 A:T B:T|1 C:T|T=4|
    Add 13|2 A:T B:T|1 C:T|T=5|
    Add 14|2 A:T B:T|1 C:T|T=2|
    AffineGrid 20|2 theta:T1 size:T2|1 grid:T1|T1=3 T2=6|align_corners:i=0
    And 1|2 A:T B:T|1 C:T1|T=7 T1=7|axis:i broadcast:i=0
    And 7|2 A:T B:T|1 C:T1|T=7 T1=7|
    ArgMax 1|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1
    ArgMax 11|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1
    ArgMax 12|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1 select_last_index:i=0
    ArgMax 13|1 data:T|1 reduced:6|T=2|axis:i=0 keepdims:i=1 select_last_index:i=0
    ArgMin 1|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1
    ArgMin 11|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1
    ArgMin 12|1 data:T|1 reduced:6|T=1|axis:i=0 keepdims:i=1 select_last_index:i=0
    ArgMin 13|1 data:T|1 reduced:6|T=2|axis:i=0 keepdims:i=1 select_last_index:i=0
    Asin 7|1 input:T|1 output:T|T=0|
    Asin 22|1 input:T|1 output:T|T=3|
    Asinh 9|1 input:T|1 output:T|T=0|
    Asinh 22|1 input:T|1 output:T|T=3|
    Atan 7|1 input:T|1 output:T|T=0|
    Atan 22|1 input:T|1 output:T|T=3|
    Atanh 9|1 input:T|1 output:T|T=0|
    Atanh 22|1 input:T|1 output:T|T=3|
    Attention 23|3 Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2|1 Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|T1=3 T2=3 U=8|is_causal:i=0 kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i=0 scale:f softcap:f=0.0 softmax_precision:i
    Attention 24|3 Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2 nonpad_kv_seqlen?:6|1 Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|T1=3 T2=3 U=8|is_causal:i=0 kv_num_heads:i q_num_heads:i qk_matmul_output_mode:i=0 scale:f softcap:f=0.0 softmax_precision:i
    Attention 25|3 Q:T1 K:T1 V:T2 attn_mask?:U past_key?:T1 past_value?:T2 nonpad_kv_seqlen?:6|1 Y:T1 present_key?:T1 present_value?:T2 qk_matmul_output?:T1|T1=3 T2=3 U=8|is_causal:i=0 kv_num_heads:i left_window_size:i=-1 q_num_heads:i qk_matmul_output_mode:i=0 right_window_size:i=-1 scale:f softcap:f=0.0 softmax_precision:i
    AveragePool 1|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET kernel_shape:I! pads:I strides:I
    AveragePool 7|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET count_include_pad:i=0 kernel_shape:I! pads:I strides:I
    AveragePool 10|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 kernel_shape:I! pads:I strides:I
    AveragePool 11|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 kernel_shape:I! pads:I strides:I
    AveragePool 19|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 dilations:I kernel_shape:I! pads:I strides:I
    AveragePool 22|1 X:T|1 Y:T|T=3|auto_pad:s=NOTSET ceil_mode:i=0 count_include_pad:i=0 dilations:I kernel_shape:I! pads:I strides:I
    BatchNormalization 1|5 X:T scale:T B:T mean:T var:T|1 Y:T mean?:T var?:T saved_mean?:T saved_var?:T|T=0|consumed_inputs:I! epsilon:f=9.999999747378752e-06 is_test:i=0 momentum:f=0.8999999761581421 spatial:i=1
    BatchNormalization 6|5 X:T scale:T B:T mean:T var:T|1 Y:T mean?:T var?:T saved_mean?:T saved_var?:T|T=0|epsilon:f=9.999999747378752e-06 is_test:i=0 momentum:f=0.8999999761581421 spatial:i=1
    BatchNormalization 7|5 X:T scale:T B:T mean:T var:T|1 Y:T mean?:T var?:T saved_mean?:T saved_var?:T|T=0|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 spatial:i=1
    BatchNormalization 9|5 X:T scale:T B:T mean:T var:T|1 Y:T mean?:T var?:T saved_mean?:T saved_var?:T|T=0|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421
    BatchNormalization 14|5 X:T scale:T B:T input_mean:U input_var:U|1 Y:T running_mean?:U running_var?:U|T=3 U=3|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 training_mode:i=0
    BatchNormalization 15|5 X:T scale:T1 B:T1 input_mean:T2 input_var:T2|1 Y:T running_mean?:T2 running_var?:T2|T=3 T1=3 T2=3|epsilon:f=9.999999747378752e-06 momentum:f=0.8999999761581421 training_mode:i=0
    Bernoulli 15|1 input:T1|1 output:T2|T1=0 T2=8|dtype:i seed:f
    Bernoulli 22|1 input:T1|1 output:T2|T1=3 T2=8|dtype:i seed:f
    BitCast 26|1 input:T1|1 output:T2|T1=9 T2=9|to:i!
    BitShift 11|2 X:T Y:T|1 Z:T|T=10|direction:s!
    BitShift 28|2 X:T Y:T|1 Z:T|T=11|direction:s!
    BitwiseAnd 18|2 A:T B:T|1 C:T|T=11|
    BitwiseNot 18|1 X:T|1 Y:T|T=11|
    BitwiseOr 18|2 A:T B:T|1 C:T|T=11|
    BitwiseXor 18|2 A:T B:T|1 C:T|T=11|
    BlackmanWindow 17|1 size:T1|1 output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
    Cast 1|1 input:T1|1 output:T2|T1=13 T2=13|to:s!
    Cast 6|1 input:T1|1 output:T2|T1=13 T2=13|to:i!
    Cast 9|1 input:T1|1 output:T2|T1=14 T2=14|to:i!
    Cast 13|1 input:T1|1 output:T2|T1=15 T2=15|to:i!
    Cast 19|1 input:T1|1 output:T2|T1=16 T2=16|saturate:i=1 to:i!
    Cast 21|1 input:T1|1 output:T2|T1=17 T2=17|saturate:i=1 to:i!
    Cast 23|1 input:T1|1 output:T2|T1=18 T2=18|saturate:i=1 to:i!
    Cast 24|1 input:T1|1 output:T2|T1=19 T2=19|round_mode:s=up saturate:i=1 to:i!
    Cast 25|1 input:T1|1 output:T2|T1=20 T2=20|round_mode:s=up saturate:i=1 to:i!
    Cast 28|1 input:T1|1 output:T2|T1=21 T2=21|round_mode:s=up saturate:i=1 to:i!
    CastLike 15|2 input:T1 target_type:T2|1 output:T2|T1=15 T2=15|
    CastLike 19|2 input:T1 target_type:T2|1 output:T2|T1=16 T2=16|saturate:i=1
    CastLike 21|2 input:T1 target_type:T2|1 output:T2|T1=17 T2=17|saturate:i=1
    CastLike 23|2 input:T1 target_type:T2|1 output:T2|T1=18 T2=18|saturate:i=1
    CastLike 24|2 input:T1 target_type:T2|1 output:T2|T1=19 T2=19|round_mode:s=up saturate:i=1
    CastLike 25|2 input:T1 target_type:T2|1 output:T2|T1=20 T2=20|round_mode:s=up saturate:i=1
    CausalConvWithState 27|2 input:T weight:T bias?:T past_state?:T|2 output:T present_state:T|T=22|activation:s=none
    Ceil 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Ceil 6|1 X:T|1 Y:T|T=0|
    Ceil 13|1 X:T|1 Y:T|T=3|
    Celu 12|1 X:T|1 Y:T|T=23|alpha:f=1.0
    Celu 28|1 X:T|1 Y:T|T=3|alpha:f=1.0
    CenterCropPad 18|2 input_data:T shape:Tind|1 output_data:T|T=24 Tind=12|axes:I
    Clip 1|1 input:T|1 output:T|T=0|consumed_inputs:I max:f min:f
    Clip 6|1 input:T|1 output:T|T=0|max:f=3.4028234663852886e+38 min:f=-3.4028234663852886e+38
    Clip 11|1 input:T min?:T max?:T|1 output:T|T=0|
    Clip 12|1 input:T min?:T max?:T|1 output:T|T=1|
    Clip 13|1 input:T min?:T max?:T|1 output:T|T=2|
    Col2Im 18|3 input:T image_shape:6 block_shape:6|1 output:T|T=24|dilations:I pads:I strides:I
    Compress 9|2 input:T condition:T1|1 output:T|T=25 T1=7|axis:i
    Compress 11|2 input:T condition:T1|1 output:T|T=25 T1=7|axis:i
    Compress 28|2 input:T condition:T1|1 output:T|T=24 T1=7|axis:i
    Concat 1|1 inputs*:T|1 concat_result:T|T=0|axis:i
    Concat 4|1 inputs*:T|1 concat_result:T|T=25|axis:i!
    Concat 11|1 inputs*:T|1 concat_result:T|T=25|axis:i!
    Concat 13|1 inputs*:T|1 concat_result:T|T=24|axis:i!
    ConcatFromSequence 11|1 input_sequence:S|1 concat_result:T|S=26 T=25|axis:i! new_axis:i=0
    Constant 1|0|1 output:T|T=0|value:t!
    Constant 9|0|1 output:T|T=25|value:t!
    Constant 11|0|1 output:T|T=25|sparse_value:y value:t
    Constant 12|0|1 output:T|T=25|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 13|0|1 output:T|T=24|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 19|0|1 output:T|T=27|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 21|0|1 output:T|T=28|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 23|0|1 output:T|T=29|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 24|0|1 output:T|T=30|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    Constant 25|0|1 output:T|T=31|sparse_value:y value:t value_float:f value_floats:F value_int:i value_ints:I value_string:s value_strings:S
    ConstantOfShape 9|1 input:T1|1 output:T2|T1=6 T2=13|value:t
    ConstantOfShape 20|1 input:T1|1 output:T2|T1=6 T2=32|value:t
    ConstantOfShape 21|1 input:T1|1 output:T2|T1=6 T2=33|value:t
    ConstantOfShape 23|1 input:T1|1 output:T2|T1=6 T2=34|value:t
    ConstantOfShape 24|1 input:T1|1 output:T2|T1=6 T2=35|value:t
    ConstantOfShape 25|1 input:T1|1 output:T2|T1=6 T2=36|value:t
    Conv 1|2 X:T W:T B?:T|1 Y:T|T=0|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I pads:I strides:I
    Conv 11|2 X:T W:T B?:T|1 Y:T|T=0|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I pads:I strides:I
    Conv 22|2 X:T W:T B?:T|1 Y:T|T=3|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I pads:I strides:I
    ConvInteger 10|2 x:T1 w:T2 x_zero_point?:T1 w_zero_point?:T2|1 y:T3|T1=37 T2=37 T3=38|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I pads:I strides:I
    ConvTranspose 1|2 X:T W:T B?:T|1 Y:T|T=0|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I output_padding:I output_shape:I pads:I strides:I
    ConvTranspose 11|2 X:T W:T B?:T|1 Y:T|T=0|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I output_padding:I output_shape:I pads:I strides:I
    ConvTranspose 22|2 X:T W:T B?:T|1 Y:T|T=3|auto_pad:s=NOTSET dilations:I group:i=1 kernel_shape:I output_padding:I output_shape:I pads:I strides:I
    Cos 7|1 input:T|1 output:T|T=0|
    Cos 22|1 input:T|1 output:T|T=3|
    Cosh 9|1 input:T|1 output:T|T=0|
    Cosh 22|1 input:T|1 output:T|T=3|
    CumProd 26|2 x:T axis:T2|1 y:T|T=5 T2=12|exclusive:i=0 reverse:i=0
    CumSum 11|2 x:T axis:T2|1 y:T|T=39 T2=12|exclusive:i=0 reverse:i=0
    CumSum 14|2 x:T axis:T2|1 y:T|T=5 T2=12|exclusive:i=0 reverse:i=0
    DFT 17|1 input:T1 dft_length?:T2|1 output:T1|T1=3 T2=12|axis:i=1 inverse:i=0 onesided:i=0
    DFT 20|1 input:T1 dft_length?:T2 axis?:6|1 output:T1|T1=3 T2=12|inverse:i=0 onesided:i=0
    DeformConv 19|3 X:T W:T offset:T B?:T mask?:T|1 Y:T|T=0|dilations:I group:i=1 kernel_shape:I offset_group:i=1 pads:I strides:I
    DeformConv 22|3 X:T W:T offset:T B?:T mask?:T|1 Y:T|T=3|dilations:I group:i=1 kernel_shape:I offset_group:i=1 pads:I strides:I
    DepthToSpace 1|1 input:T|1 output:T|T=25|blocksize:i!
    DepthToSpace 11|1 input:T|1 output:T|T=25|blocksize:i! mode:s=DCR
    DepthToSpace 13|1 input:T|1 output:T|T=24|blocksize:i! mode:s=DCR
    DepthToSpace 28|1 input:T|1 output:T|T=24|blocksize:i! mode:s=DCR
    DequantizeLinear 10|2 x:T x_scale:23 x_zero_point?:T|1 y:23|T=40|
    DequantizeLinear 13|2 x:T x_scale:23 x_zero_point?:T|1 y:23|T=40|axis:i=1
    DequantizeLinear 19|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T2|T1=41 T2=22|axis:i=1
    DequantizeLinear 21|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T2|T1=42 T2=22|axis:i=1 block_size:i=0
    DequantizeLinear 23|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T3|T1=43 T2=22 T3=22|axis:i=1 block_size:i=0 output_dtype:i=0
    DequantizeLinear 24|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T3|T1=43 T2=44 T3=22|axis:i=1 block_size:i=0 output_dtype:i=0
    DequantizeLinear 25|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T3|T1=45 T2=44 T3=22|axis:i=1 block_size:i=0 output_dtype:i=0
    DequantizeLinear 28|2 x:T1 x_scale:T2 x_zero_point?:T1|1 y:T3|T1=46 T2=44 T3=22|axis:i=1 block_size:i=0 output_dtype:i=0
    Det 11|1 X:T|1 Y:T|T=0|
    Det 22|1 X:T|1 Y:T|T=3|
    Div 1|2 A:T B:T|1 C:T|T=0|axis:i broadcast:i=0 consumed_inputs:I
    Div 6|2 A:T B:T|1 C:T|T=4|axis:i broadcast:i=0
    Div 7|2 A:T B:T|1 C:T|T=4|
    Div 13|2 A:T B:T|1 C:T|T=5|
    Div 14|2 A:T B:T|1 C:T|T=2|
    Dropout 1|1 data:T|1 output:T mask?:T|T=0|consumed_inputs:I is_test:i=0 ratio:f=0.5
    Dropout 6|1 data:T|1 output:T mask?:T|T=0|is_test:i=0 ratio:f=0.5
    Dropout 7|1 data:T|1 output:T mask?:T|T=0|ratio:f=0.5
    Dropout 10|1 data:T|1 output:T mask?:T1|T=0 T1=7|ratio:f=0.5
    Dropout 12|1 data:T ratio?:T1 training_mode?:T2|1 output:T mask?:T2|T=0 T1=0 T2=7|seed:i
    Dropout 13|1 data:T ratio?:T1 training_mode?:T2|1 output:T mask?:T2|T=3 T1=0 T2=7|seed:i
    Dropout 22|1 data:T ratio?:T1 training_mode?:T2|1 output:T mask?:T2|T=47 T1=47 T2=7|seed:i
    DynamicQuantizeLinear 11|1 x:T1|3 y:T2 y_scale:23 y_zero_point:T2|T1=23 T2=48|
    Einsum 12|1 Inputs*:T|1 Output:T|T=1|equation:s!
    Einsum 28|1 Inputs*:T|1 Output:T|T=2|equation:s!
    Elu 1|1 X:T|1 Y:T|T=0|alpha:f=1.0 consumed_inputs:I
    Elu 6|1 X:T|1 Y:T|T=0|alpha:f=1.0
    Elu 22|1 X:T|1 Y:T|T=3|alpha:f=1.0
    Equal 1|2 A:T B:T|1 C:T1|T=49 T1=7|axis:i broadcast:i=0
    Equal 7|2 A:T B:T|1 C:T1|T=49 T1=7|
    Equal 11|2 A:T B:T|1 C:T1|T=13 T1=7|
    Equal 13|2 A:T B:T|1 C:T1|T=8 T1=7|
    Equal 19|2 A:T B:T|1 C:T1|T=15 T1=7|
    Erf 9|1 input:T|1 output:T|T=1|
    Erf 13|1 input:T|1 output:T|T=3|
    Exp 1|1 input:T|1 output:T|T=0|consumed_inputs:I
    Exp 6|1 input:T|1 output:T|T=0|
    Exp 13|1 input:T|1 output:T|T=3|
    Expand 8|2 input:T shape:6|1 output:T|T=25|
    Expand 13|2 input:T shape:6|1 output:T|T=24|
    EyeLike 9|1 input:T1|1 output:T2|T1=13 T2=13|dtype:i k:i=0
    EyeLike 22|1 input:T1|1 output:T2|T1=8 T2=8|dtype:i k:i=0
    Flatten 1|1 input:T|1 output:T|T=0|axis:i=1
    Flatten 9|1 input:T|1 output:T|T=25|axis:i=1
    Flatten 11|1 input:T|1 output:T|T=25|axis:i=1
    Flatten 13|1 input:T|1 output:T|T=24|axis:i=1
    Flatten 21|1 input:T|1 output:T|T=28|axis:i=1
    Flatten 23|1 input:T|1 output:T|T=29|axis:i=1
    Flatten 24|1 input:T|1 output:T|T=30|axis:i=1
    Flatten 25|1 input:T|1 output:T|T=31|axis:i=1
    Floor 1|1 X:T|1 Y:T|T=0|consumed_inputs:I
    Floor 6|1 X:T|1 Y:T|T=0|
    Floor 13|1 X:T|1 Y:T|T=3|
    GRU 1|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|2 Y?:T Y_h:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=foward hidden_size:i output_sequence:i=0
    GRU 3|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i linear_before_reset:i=0 output_sequence:i=0
    GRU 7|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i linear_before_reset:i=0
    GRU 14|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i layout:i=0 linear_before_reset:i=0
    GRU 22|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T|0 Y?:T Y_h?:T|T=3 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i layout:i=0 linear_before_reset:i=0
    Gather 1|2 data:T indices:Tind|1 output:T|T=25 Tind=12|axis:i=0
    Gather 11|2 data:T indices:Tind|1 output:T|T=25 Tind=12|axis:i=0
    Gather 13|2 data:T indices:Tind|1 output:T|T=24 Tind=12|axis:i=0
    GatherElements 11|2 data:T indices:Tind|1 output:T|T=25 Tind=12|axis:i=0
    GatherElements 13|2 data:T indices:Tind|1 output:T|T=24 Tind=12|axis:i=0
    GatherND 11|2 data:T indices:6|1 output:T|T=25|
    GatherND 12|2 data:T indices:6|1 output:T|T=25|batch_dims:i=0
    GatherND 13|2 data:T indices:6|1 output:T|T=24|batch_dims:i=0
    Gelu 20|1 X:T|1 Y:T|T=3|approximate:s=none
    Gemm 1|3 A:T B:T C:T|1 Y:T|T=0|alpha:f=1.0 beta:f=1.0 broadcast:i=0 transA:i=0 transB:i=0
    Gemm 6|3 A:T B:T C:T|1 Y:T|T=0|alpha:f=1.0 beta:f=1.0 broadcast:i=0 transA:i=0 transB:i=0
    Gemm 7|3 A:T B:T C:T|1 Y:T|T=0|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0
    Gemm 9|3 A:T B:T C:T|1 Y:T|T=4|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0
    Gemm 11|2 A:T B:T C?:T|1 Y:T|T=4|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0
    Gemm 13|2 A:T B:T C?:T|1 Y:T|T=5|alpha:f=1.0 beta:f=1.0 transA:i=0 transB:i=0
    GlobalAveragePool 1|1 X:T|1 Y:T|T=0|
    GlobalAveragePool 22|1 X:T|1 Y:T|T=3|
    GlobalLpPool 1|1 X:T|1 Y:T|T=0|p:f=2.0
    GlobalLpPool 2|1 X:T|1 Y:T|T=0|p:i=2
    GlobalLpPool 22|1 X:T|1 Y:T|T=3|p:i=2
    GlobalMaxPool 1|1 X:T|1 Y:T|T=0|
    GlobalMaxPool 22|1 X:T|1 Y:T|T=3|
    Greater 1|2 A:T B:T|1 C:T1|T=0 T1=7|axis:i broadcast:i=0
    Greater 7|2 A:T B:T|1 C:T1|T=0 T1=7|
    Greater 9|2 A:T B:T|1 C:T1|T=1 T1=7|
    Greater 13|2 A:T B:T|1 C:T1|T=2 T1=7|
    GreaterOrEqual 12|2 A:T B:T|1 C:T1|T=1 T1=7|
    GreaterOrEqual 16|2 A:T B:T|1 C:T1|T=2 T1=7|
    GridSample 16|2 X:T1 grid:T2|1 Y:T1|T1=25 T2=0|align_corners:i=0 mode:s=bilinear padding_mode:s=zeros
    GridSample 20|2 X:T1 grid:T2|1 Y:T1|T1=25 T2=0|align_corners:i=0 mode:s=linear padding_mode:s=zeros
    GridSample 22|2 X:T1 grid:T2|1 Y:T1|T1=24 T2=3|align_corners:i=0 mode:s=linear padding_mode:s=zeros
    GroupNormalization 18 !|3 X:T scale:T bias:T|1 Y:T|T=3|epsilon:f=9.999999747378752e-06 num_groups:i!
    GroupNormalization 21|3 X:T scale:T bias:T|1 Y:T|T=3|epsilon:f=9.999999747378752e-06 num_groups:i! stash_type:i=1
    HammingWindow 17|1 size:T1|1 output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
    HannWindow 17|1 size:T1|1 output:T2|T1=12 T2=2|output_datatype:i=1 periodic:i=1
    HardSigmoid 1|1 X:T|1 Y:T|T=0|alpha:f=0.20000000298023224 beta:f=0.5 consumed_inputs:I
    HardSigmoid 6|1 X:T|1 Y:T|T=0|alpha:f=0.20000000298023224 beta:f=0.5
    HardSigmoid 22|1 X:T|1 Y:T|T=3|alpha:f=0.20000000298023224 beta:f=0.5
    HardSwish 14|1 X:T|1 Y:T|T=0|
    HardSwish 22|1 X:T|1 Y:T|T=3|
    Hardmax 1|1 input:T|1 output:T|T=0|axis:i=1
    Hardmax 11|1 input:T|1 output:T|T=0|axis:i=1
    Hardmax 13|1 input:T|1 output:T|T=3|axis:i=-1
    Identity 1|1 input:T|1 output:T|T=25|
    Identity 13|1 input:T|1 output:T|T=24|
    Identity 14|1 input:V|1 output:V|V=50|
    Identity 16|1 input:V|1 output:V|V=51|
    Identity 19|1 input:V|1 output:V|V=52|
    Identity 21|1 input:V|1 output:V|V=53|
    Identity 23|1 input:V|1 output:V|V=54|
    Identity 24|1 input:V|1 output:V|V=55|
    Identity 25|1 input:V|1 output:V|V=56|
    If 1|1 cond:B|1 outputs**:V|V=25 B=7|else_branch:g! then_branch:g!
    If 11|1 cond:B|1 outputs**:V|V=25 B=7|else_branch:g! then_branch:g!
    If 13|1 cond:B|1 outputs**:V|V=57 B=7|else_branch:g! then_branch:g!
    If 16|1 cond:B|1 outputs**:V|V=51 B=7|else_branch:g! then_branch:g!
    If 19|1 cond:B|1 outputs**:V|V=52 B=7|else_branch:g! then_branch:g!
    If 21|1 cond:B|1 outputs**:V|V=53 B=7|else_branch:g! then_branch:g!
    If 23|1 cond:B|1 outputs**:V|V=54 B=7|else_branch:g! then_branch:g!
    If 24|1 cond:B|1 outputs**:V|V=55 B=7|else_branch:g! then_branch:g!
    If 25|1 cond:B|1 outputs**:V|V=56 B=7|else_branch:g! then_branch:g!
    ImageDecoder 20|1 encoded_stream:T1|1 image:T2|T1=48 T2=48|pixel_format:s=RGB
    InstanceNormalization 1|3 input:T scale:T B:T|1 output:T|T=0|consumed_inputs:I epsilon:f=9.999999747378752e-06
    InstanceNormalization 6|3 input:T scale:T B:T|1 output:T|T=0|epsilon:f=9.999999747378752e-06
    InstanceNormalization 22|3 input:T scale:T B:T|1 output:T|T=3|epsilon:f=9.999999747378752e-06
    IsInf 10|1 X:T1|1 Y:T2|T1=58 T2=7|detect_negative:i=1 detect_positive:i=1
    IsInf 20|1 X:T1|1 Y:T2|T1=47 T2=7|detect_negative:i=1 detect_positive:i=1
    IsNaN 9|1 X:T1|1 Y:T2|T1=0 T2=7|
    IsNaN 13|1 X:T1|1 Y:T2|T1=3 T2=7|
    IsNaN 20|1 X:T1|1 Y:T2|T1=47 T2=7|
    LRN 1|1 X:T|1 Y:T|T=0|alpha:f=9.999999747378752e-05 beta:f=0.75 bias:f=1.0 size:i!
    LRN 13|1 X:T|1 Y:T|T=3|alpha:f=9.999999747378752e-05 beta:f=0.75 bias:f=1.0 size:i!
    LSTM 1|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|0 Y?:T Y_h?:T Y_c?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i input_forget:i=0 output_sequence:i=0
    LSTM 7|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|0 Y?:T Y_h?:T Y_c?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i input_forget:i=0
    LSTM 14|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|0 Y?:T Y_h?:T Y_c?:T|T=0 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i input_forget:i=0 layout:i=0
    LSTM 22|3 X:T W:T R:T B?:T sequence_lens?:T1 initial_h?:T initial_c?:T P?:T|0 Y?:T Y_h?:T Y_c?:T|T=3 T1=38|activation_alpha:F activation_beta:F activations:S clip:f direction:s=forward hidden_size:i input_forget:i=0 layout:i=0
    LayerNormalization 17|2 X:T Scale:T B?:T|1 Y:T Mean?:U InvStdDev?:U|T=3 U=59|axis:i=-1 epsilon:f=9.999999747378752e-06 stash_type:i=1
    LeakyRelu 1|1 X:T|1 Y:T|T=0|alpha:f=0.009999999776482582 consumed_inputs:I
    LeakyRelu 6|1 X:T|1 Y:T|T=0|alpha:f=0.009999999776482582
    LeakyRelu 16|1 X:T|1 Y:T|T=3|alpha:f=0.009999999776482582
    Less 1|2 A:T B:T|1 C:T1|T=0 T1=7|axis:i broadcast:i=0
    Less 7|2 A:T B:T|1 C:T1|T=0 T1=7|
    Less 9|2 A:T B:T|1 C:T1|T=1 T1=7|
    Less 13|2 A:T B:T|1 C:T1|T=2 T1=7|
    LessOrEqual 12|2 A:T B:T|1 C:T1|T=1 T1=7|
    LessOrEqual 16|2 A:T B:T|1 C:T1|T=2 T1=7|
    LinearAttention 27|3 query:T key:T value:T past_state?:S decay?:T beta?:T|2 output:T present_state:S|T=22 S=22|chunk_size:i=64 kv_num_heads:i! q_num_heads:i! scale:f=0.0 update_rule:s=gated_delta
    Log 1|1 input:T|1 output:T|T=0|consumed_inputs:I
    Log 6|1 input:T|1 output:T|T=0|
    Log 13|1 input:T|1 output:T|T=3|
    LogSoftmax 1|1 input:T|1 output:T|T=0|axis:i=1
    LogSoftmax 11|1 input:T|1 output:T|T=0|axis:i=1
    LogSoftmax 13|1 input:T|1 output:T|T=3|axis:i=-1
    Loop 1|3 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=25 I=6 B=7|body:g!
    Loop 11|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=25 I=6 B=7|body:g!
    Loop 13|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=57 I=6 B=7|body:g!
    Loop 16|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=51 I=6 B=7|body:g!
    Loop 19|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=52 I=6 B=7|body:g!
    Loop 21|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=53 I=6 B=7|body:g!
    Loop 23|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=54 I=6 B=7|body:g!
    Loop 24|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=55 I=6 B=7|body:g!
    Loop 25|2 M?:I cond?:B v_initial**:V|1 v_final_and_scan_outputs**:V|V=56 I=6 B=7|body:g!
    LpNormalization 1|1 input:T|1 output:T|T=0|axis:i=-1 p:i=2
    LpNormalization 22|1 input:T|1 output:T|T=3|axis:i=-1 p:i=2
    LpPool 1|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET kernel_shape:I p:f=2.0 pads:I strides:I
    LpPool 2|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET kernel_shape:I! p:i=2 pads:I strides:I
    LpPool 11|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET kernel_shape:I! p:i=2 pads:I strides:I
    LpPool 18|1 X:T|1 Y:T|T=0|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! p:i=2 pads:I strides:I
    LpPool 22|1 X:T|1 Y:T|T=3|auto_pad:s=NOTSET ceil_mode:i=0 dilations:I kernel_shape:I! p:i=2 pads:I strides:I
    """
}
