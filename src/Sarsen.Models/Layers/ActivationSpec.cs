using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Formats;

namespace Sarsen.Models.Layers;

/// <summary>A function as a layer of its own; each function's name is a word too: <c>relu</c>.</summary>
[Description("An elementwise function, softmax or log-softmax.")]
[DefaultProperty(nameof(Function))]
public sealed record ActivationSpec : LayerSpec
{
    [Description("Which.")]
    public required ActivationKind Function { get; init; }

    [Description("For leaky_relu: the slope below zero."), Range(0.0, 1.0)]
    public double Slope { get; init; } = 0.01;

    [Description("For elu and celu: how far they go below zero."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Alpha { get; init; } = 1;

    /// <summary>The functions' names as words.</summary>
    internal static IEnumerable<CatalogueEntry> Words =>
    [
        Word("relu", ActivationKind.Relu),
        Word("relu6", ActivationKind.Relu6),
        Word("leaky_relu", ActivationKind.LeakyRelu),
        Word("gelu", ActivationKind.Gelu),
        Word("gelu_tanh", ActivationKind.GeluTanh),
        Word("silu", ActivationKind.Silu, "swish"),
        Word("sigmoid", ActivationKind.Sigmoid),
        Word("tanh", ActivationKind.Tanh),
        Word("softplus", ActivationKind.Softplus),
        Word("softmax", ActivationKind.Softmax),
        Word("log_softmax", ActivationKind.LogSoftmax),
        Word("elu", ActivationKind.Elu),
        Word("selu", ActivationKind.Selu),
        Word("celu", ActivationKind.Celu),
        Word("mish", ActivationKind.Mish),
        Word("hardswish", ActivationKind.Hardswish, "hard_swish", "hard_silu"),
        Word("hardsigmoid", ActivationKind.Hardsigmoid, "hard_sigmoid"),
        Word("hardtanh", ActivationKind.Hardtanh, "hard_tanh"),
        Word("relu6", ActivationKind.Relu6),
        Word("softsign", ActivationKind.Softsign),
        Word("log_sigmoid", ActivationKind.LogSigmoid, "logsigmoid"),
    ];

    public override void Build(NetworkBuilder builder) => builder.Add(Function.ToModule(Slope, Alpha), Name);

    private static CatalogueEntry Word(string word, ActivationKind function, params string[] aliases) =>
        new(word, typeof(ActivationSpec), aliases) { Ready = () => new ActivationSpec { Function = function } };
}
