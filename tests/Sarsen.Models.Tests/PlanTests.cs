using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sarsen.Models.Layers;
using Sarsen.Models.Presets;
using Sarsen.Nn;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests;

/// <summary>Every layer and preset of the catalogues, compiled, against the module.</summary>
public class PlanTests
{
    /// <summary>Samples, one of which each layer and preset takes.</summary>
    private static readonly (DType Type, long[] Shape)[] s_samples =
    [
        (DType.F32, [8]), (DType.F32, [5, 4]), (DType.F32, [4, 9, 9]), (DType.F32, [1, 28, 28]), (DType.F32, [3, 32, 32]), (DType.I64, [6]),
    ];

    /// <summary>Layers whose settings no rule finds.</summary>
    private static readonly Dictionary<string, LayerSpec> s_settings = new()
    {
        ["concat"] = new ConcatSpec { Branches = [[], [new BatchNormSpec()]] },
        ["permute"] = new PermuteSpec { Dims = [3, 1, 2] },
        ["reflection_pad"] = new ReflectionPadSpec { Padding = [2, 1] },
        ["residual"] = new ResidualSpec
        {
            Layers = [new Conv2dSpec { OutChannels = 6, Stride = [2] }, new BatchNormSpec()],
            Shortcut = [new Conv2dSpec { OutChannels = 6, Stride = [2] }],
            Activation = ActivationKind.Relu,
        },
        ["upsample"] = new UpsampleSpec { ScaleFactor = [2, 1.5], Mode = Interpolation.Bilinear },
    };

    public static TheoryData<string> Layers => [.. LayerCatalogue.All.Select(e => e.Word)];

    public static TheoryData<string> Presets => [.. PresetCatalogue.All.Select(e => e.Word)];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_gives_in_a_plan_what_it_gives_alone(string word)
    {
        Type type = LayerCatalogue.All.Single(e => e.Word == word).Type;
        int built = 0;
        foreach ((DType input, long[] shape) in s_samples)
        {
            if (TryBuild(input, shape, [s_settings.GetValueOrDefault(word) ?? (LayerSpec)Make(type, shape)]) is not { } network)
                continue;
            built++;
            foreach (int batch in (ReadOnlySpan<int>)[1, 3])
                Run(network, batch, new PlanOptions { Folding = false }).ShouldBe(Call(network, batch), $"{batch} of ({string.Join(", ", shape)})");
        }
        built.ShouldBeGreaterThan(0, $"no sample of this test fits the layer {word}: add one");
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void A_preset_gives_in_a_plan_what_it_gives_alone_and_folded_nearly(string word)
    {
        Type type = PresetCatalogue.All.Single(e => e.Word == word).Type;
        int built = 0;
        foreach ((DType input, long[] shape) in s_samples)
        {
            if (TryBuild(input, shape, () => ((PresetSpec)Make(type, shape)).Layers(new Shape(shape), 10)) is not { } network)
                continue;
            built++;
            float[] expected = Call(network, 2), folded = Run(network, 2, new PlanOptions());
            Run(network, 2, new PlanOptions { Folding = false }).ShouldBe(expected);
            float largest = expected.Max(MathF.Abs);
            for (int i = 0; i < expected.Length; i++)
                folded[i].ShouldBe(expected[i], 1e-5 * largest);
            return;
        }
        built.ShouldBeGreaterThan(0, $"no sample of this test fits the preset {word}: add one");
    }

    private static Network? TryBuild(DType type, long[] shape, IReadOnlyList<LayerSpec> layers) => TryBuild(type, shape, () => layers);

    private static Network? TryBuild(DType type, long[] shape, Func<IReadOnlyList<LayerSpec>> layers)
    {
        try
        {
            Network network = Network.Build(new NetworkDefinition { InputType = type, InputShape = shape, Layers = layers() });
            network.Body.Initialize(seed: 4);
            Disturb(network);
            return network;
        }
        catch (Exception e) when (e is NetworkException or ShapeException)
        {
            return null;
        }
    }

    /// <summary>Biases, scales and statistics that are not the ones of the beginning.</summary>
    private static void Disturb(Network network)
    {
        int i = 0;
        foreach (ModuleState state in network.Body.State().Where(s => s.Value.Rank == 1 && s.Value.DType == DType.F32))
        {
            foreach (ref float value in state.Value.AsSpan<float>())
                value = 0.5f + i++ * 7 % 13 / 13f;
        }
    }

    private static object Make(Type type, long[] sample)
    {
        object made = RuntimeHelpers.GetUninitializedObject(type);
        if (type.GetConstructor(Type.EmptyTypes) is { } constructor)
            made = constructor.Invoke([]);
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.CanWrite && (p.IsDefined(typeof(RequiredMemberAttribute)) || p.PropertyType == typeof(int?))))
        {
            object? value =
                property.PropertyType == typeof(int) ? 4
                : property.PropertyType == typeof(int?) ? (property.Name.Contains("Padding", StringComparison.Ordinal) || property.Name == nameof(DecoderSpec.NumKeyValueHeads) ? null : 7)
                : property.PropertyType == typeof(IReadOnlyList<int>) ? (int[])[.. sample.Reverse().Select(s => (int)s)]
                : property.PropertyType == typeof(IReadOnlyList<LayerSpec>) ? (LayerSpec[])[new FlattenSpec(), new LinearSpec { OutFeatures = 4 }]
                : property.PropertyType.IsEnum ? Enum.GetValues(property.PropertyType).GetValue(1)
                : throw new NotSupportedException($"{type.Name}.{property.Name}: this test does not know how to fill a {property.PropertyType}");
            property.SetValue(made, value);
        }
        return made;
    }

    private static byte[] Input(Network network, int batch)
    {
        Shape shape = network.InputShape(batch);
        return network.Definition.InputType == DType.I64
            ? MemoryMarshal.AsBytes<long>([.. Enumerable.Range(0, (int)shape.Count).Select(i => i * 5L % 7)]).ToArray()
            : MemoryMarshal.AsBytes<float>([.. Enumerable.Range(0, (int)shape.Count).Select(i => MathF.Sin(i * 0.7f) * 2)]).ToArray();
    }

    private static float[] Call(Network network, int batch)
    {
        using var arena = new Arena();
        using Scope scope = arena.Begin(Mode.Inference);
        Tensor x = scope.Empty(network.Definition.InputType, network.InputShape(batch));
        Input(network, batch).CopyTo(x.Bytes);
        Tensor y = network.Predict(x);
        return y.DType == DType.I64 ? [.. y.ToArray<long>().Select(v => (float)v)] : y.ToArray<float>();
    }

    private static float[] Run(Network network, int batch, PlanOptions options)
    {
        using var runner = new PlanRunner(network.ToPlan(options: options));
        Input(network, batch).CopyTo(runner.Prepare(network.InputShape(batch)));
        runner.Run();
        return runner.Layout.Output.DType == DType.I64 ? [.. runner.Output<long>().ToArray().Select(v => (float)v)] : runner.Output<float>().ToArray();
    }
}
