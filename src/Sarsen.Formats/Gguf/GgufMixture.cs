using System.Globalization;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// Which type each tensor of a language model gets: one for all, with exceptions where few bits do harm. Output and, where it
/// is shared, token vectors have six bits or more; in <c>_M</c> and <c>_S</c> some layers' values and second feed-forward
/// matrices have more than the rest. Vectors, norms and positions stay as they are.
/// Source: <c>llama-quant.cpp</c> of ggml-org/llama.cpp, whose choices these are.
/// </summary>
public sealed record GgufMixture
{
    private const string FileTypeName = "general.file_type";

    // Beside the types' own names; llama.cpp takes the bare names of the two for their larger mixtures.
    private static readonly (string Name, string Type, uint FileType)[] s_all =
    [
        ("F32", "F32", 0), ("F16", "F16", 1), ("BF16", "BF16", 32),
        ("Q4_0", "Q4_0", 2), ("Q4_1", "Q4_1", 3), ("Q5_0", "Q5_0", 8), ("Q5_1", "Q5_1", 9), ("Q8_0", "Q8_0", 7),
        ("Q4_K_S", "Q4_K", 14), ("Q4_K_M", "Q4_K", 15), ("Q4_K", "Q4_K", 15),
        ("Q5_K_S", "Q5_K", 16), ("Q5_K_M", "Q5_K", 17), ("Q5_K", "Q5_K", 17), ("Q6_K", "Q6_K", 18),
    ];

    private GgufMixture(string name, BlockType type, uint fileType) => (Name, Type, FileType) = (name, type, fileType);

    public string Name { get; }

    /// <summary>What most tensors get.</summary>
    public BlockType Type { get; }

    /// <summary>The number that GGUF files have for it in <c>general.file_type</c>.</summary>
    public uint FileType { get; }

    /// <summary>Where the number stands in a file's metadata.</summary>
    public static string FileTypeKey => FileTypeName;

    public static IReadOnlyList<string> Names { get; } = [.. s_all.Select(line => line.Name)];

    /// <summary>The mixture of that name, in capitals or not.</summary>
    /// <exception cref="ArgumentException">There is none; the message names the nearest.</exception>
    public static GgufMixture Find(string name)
    {
        foreach ((string known, string type, uint fileType) in s_all)
        {
            if (string.Equals(known, name, StringComparison.OrdinalIgnoreCase))
                return new GgufMixture(known, BlockTypes.Find(type), fileType);
        }
        string nearest = Suggestion.Nearest(name, Names) is { } near ? $"; did you mean '{near}'?" : "";
        throw new ArgumentException($"there is no type '{name}': {string.Join(", ", Names)} are there{nearest}", nameof(name));
    }

    /// <summary>The tensors with the types they get, in their order.</summary>
    /// <param name="tensors">As they are.</param>
    /// <param name="metadata">Of their file, which says of what architecture they are.</param>
    /// <param name="notes">What could not get the type it should: a sentence each.</param>
    public IReadOnlyList<GgufTensorSpec> Apply(IReadOnlyList<GgufTensorSpec> tensors, IReadOnlyDictionary<string, GgufValue> metadata, out IReadOnlyList<string> notes)
    {
        var layers = new LayerPlaces(tensors);
        var model = new MixtureModel(metadata, tied: tensors.All(t => t.Name != "output.weight"));
        var said = new List<string>();
        notes = said;
        return [.. tensors.Select(tensor => tensor with { Type = IsKept(tensor) ? tensor.Type : TypeOf(tensor, layers, model, said) })];
    }

    /// <summary>Vectors, norms, positions, and the small matrices that choose experts.</summary>
    private static bool IsKept(GgufTensorSpec tensor) =>
        tensor.Shape.Rank < 2 || !tensor.Name.EndsWith("weight", StringComparison.Ordinal) || tensor.Type.DType is { } type && !type.IsFloat()
        || new[] { "_norm.weight", "ffn_gate_inp.weight", "position_embd", "token_types.weight" }.Any(part => tensor.Name.Contains(part, StringComparison.Ordinal));

    private BlockType TypeOf(GgufTensorSpec tensor, LayerPlaces layers, in MixtureModel model, List<string> notes)
    {
        // One element type is one for all.
        if (Type.BlockLength == 1)
            return Type;
        BlockType wanted = BlockTypes.Find(Wanted(tensor, layers, model) ?? Type.Name), type = wanted;
        long width = tensor.Shape[-1];
        if (width % wanted.BlockLength == 0)
            return wanted;
        type = BlockTypes.Find(wanted.Name switch { "Q4_K" => "Q5_0", "Q5_K" => "Q5_1", "Q6_K" => "Q8_0", _ => "F16" });
        if (width % type.BlockLength != 0)
            type = BlockTypes.Find("F16");
        notes.Add(string.Create(CultureInfo.InvariantCulture, $"'{tensor.Name}' gets {type}: its rows of {width} are no whole blocks of {wanted.BlockLength}, which {wanted} needs"));
        return type;
    }

    private string? Wanted(GgufTensorSpec tensor, LayerPlaces layers, in MixtureModel model)
    {
        string name = tensor.Name;
        bool Is(string part) => name.Contains(part, StringComparison.Ordinal);
        if (name == "output.weight" || (model.Tied && name == "token_embd.weight"))
            return model.IsFalcon || tensor.Shape[-1] % Type.BlockLength != 0 || Type.Name == "Q8_0" ? "Q8_0" : "Q6_K";
        (bool small, bool medium) = (Name == "Q4_K_S", FileType is 15 or 17);
        if (Is("attn_v.weight") || Is("attn_qkv.weight"))
        {
            (int place, int of) = layers.OfValues(name);
            string? type = medium && MoreBits(place, of) ? "Q6_K" : small && place < 4 ? "Q5_K" : null;
            // Where eight heads share the values these are small, so that more bits cost little.
            if (model.IsGrouped70B && (type ?? Type.Name) == "Q4_K")
                type = "Q5_K";
            return model.HasEightExperts ? "Q8_0" : type;
        }
        if (Is("attn_k.weight") && model.HasEightExperts)
            return "Q8_0";
        if (Is("attn_output.weight") && model.HasEightExperts && !model.IsFalcon && Type.Name == "Q4_K")
            return "Q5_K";
        if (!Is("ffn_down"))
            return null;
        (int layer, int count) = layers.OfDown(name);
        if (Name is "Q4_K_M" or "Q4_K" && model.IsFalcon)
            return layer < count / 16 ? "Q6_K" : MoreBits(layer, count) ? "Q5_K" : null;
        return medium && MoreBits(layer, count) ? "Q6_K" : small && !model.IsFalcon && layer < count / 8 ? "Q5_K" : null;
    }

    /// <summary>The first and the last eighth of the layers, and every third between.</summary>
    private static bool MoreBits(int layer, int layers) => layer < layers / 8 || layer >= 7 * layers / 8 || (layer - (layers / 8)) % 3 == 2;
}
