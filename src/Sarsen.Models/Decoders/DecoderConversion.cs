using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Models.Decoders.Architectures;
using Sarsen.Tensors;

namespace Sarsen.Models.Decoders;

/// <summary>
/// A decoder's files as the other kind: its configuration, and its tensors as they are to be named and laid out. What the
/// other kind cannot say is refused, so that both are the same model.
/// </summary>
public sealed class DecoderConversion
{
    private readonly ITensorSource _tensors;

    private readonly string[] _names;

    private DecoderConversion(DecoderConfig config, IEnumerable<(string Name, Shape Shape)> tensors, ITensorSource source) =>
        (Config, _names, _tensors) = (config, [.. tensors.Select(t => t.Name)], source);

    /// <summary>The sizes, the same in both.</summary>
    public DecoderConfig Config { get; }

    /// <summary>Of a GGUF: what it is to say of the model. Empty for a folder.</summary>
    public IReadOnlyDictionary<string, GgufValue> Metadata { get; private init; } = new Dictionary<string, GgufValue>();

    /// <summary>Of a GGUF: what other programs make of it otherwise. A sentence each.</summary>
    public IEnumerable<string> Notes { get; private init; } = [];

    /// <summary>Of a folder: its <c>config.json</c>, without tokens. Null for a GGUF.</summary>
    public JsonObject? Json { get; private init; }

    /// <summary>The new tensors, in the order to write.</summary>
    public IEnumerable<(string Name, Shape Shape)> Tensors => _names.Select(name => (name, _tensors.ShapeOf(name)));

    /// <summary>Where they are read; the source must stay open.</summary>
    public ITensorSource Source => _tensors;

    /// <summary>A folder as a GGUF.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="weights">Its tensors.</param>
    /// <exception cref="ModelFormatException">A file is damaged, or says what GGUF cannot.</exception>
    public static DecoderConversion ToGguf(HuggingFaceFolder folder, ITensorSource weights)
    {
        string file = Path.Combine(folder.Path, HuggingFaceFolder.ConfigName);
        var reader = new ConfigReader(file, folder.Config);
        Architecture architecture = ArchitectureCatalogue.Of(file, reader.Text("model_type"));
        DecoderConfig config = DecoderFiles.Read(file, () => architecture.Config(reader), weights);
        var tensors = new RearrangedTensors(architecture.Turned(weights), DecoderParameters.Of(config), name => architecture.Parts(config, name), name => architecture.GgufParts(config, name), architecture.ExtraTensors(config));
        Dictionary<string, GgufValue> metadata = architecture.Metadata(config);
        var written = GgufMetadata.Of(file, metadata);
        Same(file, "GGUF", config, ArchitectureCatalogue.Of(file, written).Config(written, tensors));
        return new DecoderConversion(config, tensors.Tensors, tensors) { Metadata = metadata, Notes = architecture.GgufNotes(config) };
    }

    /// <summary>A GGUF as a folder.</summary>
    /// <exception cref="ModelFormatException">The file is damaged, or says what a folder cannot.</exception>
    public static DecoderConversion ToHuggingFace(GgufFile file)
    {
        Architecture architecture = ArchitectureCatalogue.Of(file.Path, file.Metadata);
        DecoderConfig config = DecoderFiles.Read(file.Path, () => architecture.Config(file.Metadata, file), file);
        JsonObject json = architecture.Json(config);
        Architecture other = ArchitectureCatalogue.Of(file.Path, json["model_type"]!.GetValue<string>());
        var tensors = new RearrangedTensors(file, DecoderParameters.Of(config), name => architecture.GgufParts(config, name), name => other.Parts(config, name), new Dictionary<string, float[]>());
        using JsonDocument document = JsonDocument.Parse(json.ToJsonString());
        Same(file.Path, HuggingFaceFolder.ConfigName, config, other.Config(new ConfigReader(HuggingFaceFolder.ConfigName, document.RootElement)));
        return new DecoderConversion(config, tensors.Tensors, other.Turned(tensors)) { Json = json };
    }

    private static void Same(string path, string kind, DecoderConfig config, DecoderConfig written)
    {
        if (config == written)
            return;
        string[] lost = [.. typeof(DecoderConfig).GetProperties().Where(p => !Equals(p.GetValue(config), p.GetValue(written))).Select(p => FormattableString.Invariant($"{p.Name} {p.GetValue(config) ?? "none"} would become {p.GetValue(written) ?? "none"}"))];
        throw new ModelFormatException(path, 0, $"{kind} has no way to say this configuration of this family: {string.Join(", ", lost)}");
    }
}
