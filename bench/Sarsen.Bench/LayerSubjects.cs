using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>
/// The layers of <c>bench/run layers</c>, both sides of a row in one line. Those that only look at their input another way
/// (flatten, unflatten, permute) or call others one after the other (sequential) do no work of their own and have none.
/// </summary>
internal static class LayerSubjects
{
    private static readonly long[] s_rows = [512, 768], s_row = [32, 64, 256], s_picture = [32, 64, 28, 28], s_large = [32, 64, 56, 56], s_tokens = [16, 128, 256], s_steps = [32, 50, 128];

    public static IReadOnlyList<LayerSubject> All { get; } =
    [
        new("linear", s_rows, () => new Linear(768, 768), "nn.Linear(768, 768)"),
        new("conv1d", s_row, () => new Conv1d(64, 64, new Window1d(3, 1, 1, 1)), "nn.Conv1d(64, 64, 3, padding=1)"),
        new("conv2d", s_picture, () => new Conv2d(64, 64, new Window2d(3, 3).WithPadding(1)), "nn.Conv2d(64, 64, 3, padding=1)"),
        new("conv2d-depthwise", s_picture, () => new Conv2d(64, 64, new Window2d(3, 3).WithPadding(1), groups: 64), "nn.Conv2d(64, 64, 3, padding=1, groups=64)"),
        new("conv_transpose1d", s_row, () => new ConvTranspose1d(64, 64, new Window1d(4, 2, 1, 1)), "nn.ConvTranspose1d(64, 64, 4, stride=2, padding=1)"),
        new("conv_transpose2d", s_picture, () => new ConvTranspose2d(64, 32, new Window2d(2, 2).WithStride(2)), "nn.ConvTranspose2d(64, 32, 2, stride=2)"),
        new("separable_conv2d", s_picture, () => new SeparableConv2d(64, 64, new Window2d(3, 3).WithPadding(1)), "Separable(64, 64, 3)"),
        new("max_pool1d", s_row, () => new MaxPool1d(2), "nn.MaxPool1d(2)"),
        new("max_pool2d", s_large, () => new MaxPool2d(2), "nn.MaxPool2d(2)"),
        new("avg_pool1d", s_row, () => new AvgPool1d(2), "nn.AvgPool1d(2)"),
        new("avg_pool2d", s_large, () => new AvgPool2d(2), "nn.AvgPool2d(2)"),
        new("adaptive_avg2d", s_large, () => new AdaptiveAvgPool2d(7), "nn.AdaptiveAvgPool2d(7)"),
        new("adaptive_max2d", s_large, () => new AdaptiveMaxPool2d(7), "nn.AdaptiveMaxPool2d(7)"),
        new("global_avg1d", s_steps, () => new GlobalAvgPool1d(), "Call(lambda x: x.mean(1))"),
        new("global_avg2d", s_large, () => new GlobalAvgPool2d(), "nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())"),
        new("global_max2d", s_large, () => new GlobalMaxPool2d(), "nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten())"),
        new("batch_norm1d", s_rows, () => new BatchNorm1d(768), "nn.BatchNorm1d(768)"),
        new("batch_norm2d", s_large, () => new BatchNorm2d(64), "nn.BatchNorm2d(64)"),
        new("layer_norm", s_rows, () => new LayerNorm(768), "nn.LayerNorm(768)"),
        new("rms_norm", s_rows, () => new RmsNorm(768), "Rms(768)"),
        new("group_norm", s_large, () => new GroupNorm(8, 64), "nn.GroupNorm(8, 64)"),
        new("instance_norm1d", s_row, () => new InstanceNorm1d(64, affine: true), "nn.InstanceNorm1d(64, affine=True)"),
        new("instance_norm2d", s_large, () => new InstanceNorm2d(64, affine: true), "nn.InstanceNorm2d(64, affine=True)"),
        new("embedding", [32, 256], () => new Embedding(30_000, 256), "nn.Embedding(30000, 256)") { Ids = 30_000 },
        new("position", s_tokens, () => new LearnedPositionEmbedding(128, 256), "Positions(128, 256)"),
        new("sinusoids", s_tokens, () => new SinusoidalEmbedding(128, 256), "Sinusoids(128, 256)"),
        new("rotary", s_tokens, () => new RotaryEmbedding(64), "Rotary(64, 128)"),
        new("attention", s_tokens, () => new MultiheadAttention(256, 4), "SelfAttention(256, 4)"),
        new("attention-causal", s_tokens, () => new MultiheadAttention(256, 4, causal: true), "SelfAttention(256, 4, causal=128)"),
        new("attention-dropout", s_tokens, () => new MultiheadAttention(256, 4, dropout: 0.1), "SelfAttention(256, 4, dropout=0.1)"),
        new("encoder", s_tokens, () => new TransformerEncoderLayer(256, 4, 1024, dropout: 0), "nn.TransformerEncoderLayer(256, 4, 1024, 0.0, batch_first=True)"),
        new("decoder", s_tokens, () => new OverItself(new TransformerDecoderLayer(256, 4, 1024, dropout: 0)), "OverItself(nn.TransformerDecoderLayer(256, 4, 1024, 0.0, batch_first=True), 128)"),
        new("rnn", s_steps, () => new Rnn(128, 128, batchFirst: true), "Output(nn.RNN(128, 128, batch_first=True))"),
        new("gru", s_steps, () => new Gru(128, 128, batchFirst: true), "Output(nn.GRU(128, 128, batch_first=True))"),
        new("lstm", s_steps, () => new Lstm(128, 128, batchFirst: true), "Output(nn.LSTM(128, 128, batch_first=True))"),
        new("dropout", s_rows, () => new Dropout(0.1), "nn.Dropout(0.1)"),
        new("softmax", s_rows, () => new Softmax(), "nn.Softmax(-1)"),
        new("log_softmax", s_rows, () => new LogSoftmax(), "nn.LogSoftmax(-1)"),
        new("glu", s_rows, () => new Glu(), "nn.GLU()"),
        new("prelu", s_picture, () => new PRelu(64), "nn.PReLU(64)"),
        new("pad1d", s_row, () => new Pad1d(2, 2), "nn.ConstantPad1d(2, 0.0)"),
        new("pad2d", s_picture, () => new Pad2d(new Margin(1)), "nn.ZeroPad2d(1)"),
        new("reflection_pad2d", s_picture, () => new Pad2d(new Margin(1), PaddingMode.Reflect), "nn.ReflectionPad2d(1)"),
        new("upsample-nearest", s_picture, () => new Upsample((2.0, 2.0)), "nn.Upsample(scale_factor=2)"),
        new("upsample-bilinear", s_picture, () => new Upsample((2.0, 2.0), Interpolation.Bilinear), "nn.Upsample(scale_factor=2, mode='bilinear')"),
        new("channel_shuffle", s_picture, () => new ChannelShuffle(4), "Shuffle(4)"),
        new("last_step", s_steps, () => new LastStep(), "Call(lambda x: x[:, -1])"),
        new("relative_to_last", s_steps, () => new RelativeToLast(new Sequential(new Flatten(), new Linear(50 * 128, 128))), "Relative(nn.Sequential(nn.Flatten(), nn.Linear(50 * 128, 128)))"),
        new("residual", s_picture, () => new Residual([new Activation(ActivationFunction.Relu)]), "Residual(nn.ReLU())"),
        new("concat", s_picture, () => new Concat([new Activation(ActivationFunction.Relu), new Activation(ActivationFunction.Tanh)]), "Concat(nn.ReLU(), nn.Tanh())"),
        new("relu", s_rows, () => new Activation(ActivationFunction.Relu), "nn.ReLU()"),
        new("relu6", s_rows, () => new Activation(ActivationFunction.Relu6), "nn.ReLU6()"),
        new("leaky_relu", s_rows, () => new Activation(ActivationFunction.LeakyRelu), "nn.LeakyReLU()"),
        new("gelu", s_rows, () => new Activation(ActivationFunction.Gelu), "nn.GELU()"),
        new("gelu_tanh", s_rows, () => new Activation(ActivationFunction.GeluTanh), "nn.GELU('tanh')"),
        new("silu", s_rows, () => new Activation(ActivationFunction.Silu), "nn.SiLU()"),
        new("sigmoid", s_rows, () => new Activation(ActivationFunction.Sigmoid), "nn.Sigmoid()"),
        new("tanh", s_rows, () => new Activation(ActivationFunction.Tanh), "nn.Tanh()"),
        new("softplus", s_rows, () => new Activation(ActivationFunction.Softplus), "nn.Softplus()"),
        new("elu", s_rows, () => new Activation(ActivationFunction.Elu), "nn.ELU()"),
        new("selu", s_rows, () => new Activation(ActivationFunction.Selu), "nn.SELU()"),
        new("celu", s_rows, () => new Activation(ActivationFunction.Celu, alpha: 0.5), "nn.CELU(0.5)"),
        new("mish", s_rows, () => new Activation(ActivationFunction.Mish), "nn.Mish()"),
        new("hardswish", s_rows, () => new Activation(ActivationFunction.Hardswish), "nn.Hardswish()"),
        new("hardsigmoid", s_rows, () => new Activation(ActivationFunction.Hardsigmoid), "nn.Hardsigmoid()"),
        new("hardtanh", s_rows, () => new Activation(ActivationFunction.Hardtanh), "nn.Hardtanh()"),
        new("softsign", s_rows, () => new Activation(ActivationFunction.Softsign), "nn.Softsign()"),
        new("log_sigmoid", s_rows, () => new Activation(ActivationFunction.LogSigmoid), "nn.LogSigmoid()"),
    ];

    public static LayerSubject Of(string name) => All.First(subject => subject.Name == name);

    /// <summary>A decoder layer that attends to its own input.</summary>
    private sealed class OverItself : Module
    {
        private readonly TransformerDecoderLayer _layer;

        public OverItself(TransformerDecoderLayer layer) => _layer = AddChild("layer", layer);

        protected override Tensor Forward(Tensor x) => _layer.Call(x, x);
    }
}
