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
    ];

    public override void Build(NetworkBuilder builder) => builder.Add(Function.ToModule(Slope), Name);

    private static CatalogueEntry Word(string word, ActivationKind function, params string[] aliases) =>
        new(word, typeof(ActivationSpec), aliases) { Ready = () => new ActivationSpec { Function = function } };
}
