using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Quantised;
using Sarsen.Tensors;

namespace Sarsen.Models;

/// <summary>A network built from its definition: the trained layers, and the function that makes predictions of them.</summary>
public sealed class Network
{
    private Network(NetworkDefinition definition, Sequential body, in Shape output, Module? fused)
    {
        (Definition, Body, OutputShape, Fused) = (definition, body, output, fused);
    }

    public NetworkDefinition Definition { get; }

    /// <summary>The layers. Losses are computed from what it gives.</summary>
    public Sequential Body { get; }

    /// <summary>The shape of one sample's result, without the batch.</summary>
    public Shape OutputShape { get; }

    /// <summary>The last layer of the definition where <see cref="NetworkDefinition.Output"/> stands for it; else null.</summary>
    public Module? Fused { get; }

    /// <summary>The language model that the network is, where it is one and nothing else; else null.</summary>
    public LanguageModel? Language => Body.Items is [LanguageModel model] ? model : null;

    /// <summary>The shape of a batch of so many samples.</summary>
    public Shape InputShape(long batch) => new([batch, .. Definition.InputShape]);

    /// <summary>Builds the network; its parameters are zero until they are initialised or read.</summary>
    /// <exception cref="NetworkException">A layer cannot take what the one before it gives, or two have one name.</exception>
    public static Network Build(NetworkDefinition definition)
    {
        using var arena = new Arena(reserve: 1L << 42);
        var builder = new NetworkBuilder(arena, definition.InputType, Sample(definition));
        for (int i = 0; i < definition.Layers.Count; i++)
        {
            Shape given = builder.Sample;
            try
            {
                definition.Layers[i].Build(builder);
            }
            catch (Exception e) when (e is ShapeException or ArgumentException or NotSupportedException)
            {
                throw new NetworkException(i, $"layer {i + 1} ({LayerCatalogue.WordOf(definition.Layers[i])}) does not fit: {e.Message}; each sample reaches it as {given}", e);
            }
            catch (Exception e) when (e is OutOfMemoryException or OverflowException)
            {
                throw new NetworkException(i, $"layer {i + 1} ({LayerCatalogue.WordOf(definition.Layers[i])}) is too large: {e.Message}; make it smaller, or what reaches it: each sample does as {given}", e);
            }
        }
        Shape output = builder.Sample;
        Module? fused = builder.TakeLast(module => Is(module, definition.Output));
        try
        {
            return new Network(definition, builder.ToSequential(), output, fused);
        }
        catch (ArgumentException e)
        {
            throw new NetworkException(definition.Layers.Count - 1, e.Message, e);
        }
    }

    /// <summary>What the network predicts: (N, …) to the body's result through the output function.</summary>
    public Tensor Predict(Tensor x) => Apply(Body.Call(x));

    /// <summary>
    /// Weights that plans compute with as bytes, by path; their floats are what the bytes stand for. None for a network
    /// that is trained.
    /// </summary>
    public IReadOnlyDictionary<string, QuantisedWeight> Quantised { get; internal set; } = new Dictionary<string, QuantisedWeight>();

    /// <summary>Are the floats of quantised weights there as well.</summary>
    internal bool HasFloats { get; set; } = true;

    /// <summary>Rounds weights to bytes: plans compute with them, and the floats become what they stand for.</summary>
    /// <param name="weights">By path.</param>
    /// <exception cref="KeyNotFoundException">No parameter has such a path.</exception>
    public void Quantise(IReadOnlyDictionary<string, QuantisedWeight> weights)
    {
        Dictionary<string, Tensor> state = Body.State().ToDictionary(s => s.Name, s => s.Value);
        foreach ((string path, QuantisedWeight weight) in weights)
            weight.CopyTo(state[path]);
        Quantised = weights;
    }

    /// <summary>The network compiled for prediction, its weights as they are now and not to change any more.</summary>
    /// <param name="output">Through the output function, as <see cref="Predict"/>; false: what <see cref="Body"/> gives.</param>
    /// <param name="options">The defaults when null.</param>
    public Plan ToPlan(bool output = true, PlanOptions? options = null) =>
        new(output ? Predict : Body.Call, Body, Definition.InputType, (options ?? new PlanOptions()) with { Quantised = Quantised, HasFloats = HasFloats });

    /// <summary>The output function on a result of <see cref="Body"/>.</summary>
    public Tensor Apply(Tensor result) => Definition.Output switch
    {
        OutputFunction.Softmax => result.Softmax(),
        OutputFunction.Sigmoid => result.Sigmoid(),
        OutputFunction.Exp => result.Exp(),
        _ => result,
    };

    private static bool Is(Module module, OutputFunction output) => output switch
    {
        // softmax(log_softmax(x)) = softmax(x).
        OutputFunction.Softmax => module is Softmax { Dim: -1 } or LogSoftmax { Dim: -1 },
        OutputFunction.Sigmoid => module is Activation { Function: ActivationFunction.Sigmoid },
        _ => false,
    };

    private static Shape Sample(NetworkDefinition definition)
    {
        try
        {
            return new Shape([.. definition.InputShape]);
        }
        catch (ShapeException e)
        {
            throw new NetworkException(-1, $"the input cannot have the sizes ({string.Join(", ", definition.InputShape)}): {e.Message}", e);
        }
    }
}
