using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;
using Sarsen.Models.Gpt;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Models;

/// <summary>
/// A model as files: <c>model.json</c> (the manifest), <c>network.json</c> (the definition), <c>model.safetensors</c>
/// (the weights), and beside them what other rooms need of it, such as <c>pipeline.json</c>. The folder of a decoder is one of
/// Hugging Face's layout besides: it has a <c>config.json</c>, and weights under the names that go with it. It is made whole
/// under another name and then renamed.
/// </summary>
public static class ModelFolder
{
    public const string ManifestFile = "model.json";
    public const string NetworkFile = "network.json";
    public const string WeightsFile = "model.safetensors";

    /// <summary>The fitted preprocessing; the room of data reads and writes it.</summary>
    public const string PipelineFile = "pipeline.json";

    /// <param name="path">The folder; an earlier one is replaced.</param>
    /// <param name="network">The network.</param>
    /// <param name="manifest">Where it comes from.</param>
    /// <param name="beside">Writes more files into the folder that it is given.</param>
    /// <param name="half">Store weights of two dimensions or more in F16; those that are quantised stay bytes.</param>
    /// <exception cref="IOException">It could not be written; nothing was changed.</exception>
    /// <exception cref="NetworkException">A weight is beyond the range of F16.</exception>
    public static void Write(string path, Network network, ModelManifest manifest, Action<string>? beside = null, bool half = false)
    {
        string temporary = path + ".writing";
        if (Directory.Exists(temporary))
            Directory.Delete(temporary, recursive: true);
        Directory.CreateDirectory(temporary);
        try
        {
            SafetensorsWriter.Write(Path.Combine(temporary, WeightsFile), StoredWeights.Of(network, half), network.Language is DecoderModel ? LlamaFiles.Metadata : null);
            AtomicFile.WriteAllText(Path.Combine(temporary, NetworkFile), network.Definition.ToJson());
            if (network.Language is DecoderModel decoder)
                AtomicFile.WriteAllText(Path.Combine(temporary, HuggingFaceFolder.ConfigName), LlamaFiles.Config(decoder.Config));
            beside?.Invoke(temporary);
            AtomicFile.WriteAllText(Path.Combine(temporary, ManifestFile), manifest.ToJson());
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            AtomicFile.MoveFolder(temporary, path);
        }
        catch
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <exception cref="ModelFormatException">There is no manifest, or it cannot be read.</exception>
    public static ModelManifest ReadManifest(string path) => Parse(path, ManifestFile, ModelManifest.FromJson);

    /// <summary>Builds the network of a folder and reads its weights, which are floats also where the file holds bytes or F16.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="floats">False: of weights that plans compute with as bytes the floats are left zero, so that <see cref="Network.ToPlan"/> is all that the network is for.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, or they do not fit one another.</exception>
    public static Network Load(string path, bool floats = true)
    {
        Network network = Build(path);
        using SafetensorsFile from = SafetensorsFile.Open(Path.Combine(path, WeightsFile));
        network.Quantised = StoredWeights.Read(network, from, floats);
        network.HasFloats = floats;
        return network;
    }

    /// <summary>Is there a network: a folder that <see cref="Load"/> and <see cref="LoadLanguage"/> would try to read.</summary>
    public static bool IsAt(string path) => File.Exists(Path.Combine(path, NetworkFile));

    /// <summary>Builds the language model of a folder and reads its weights to answer with: as they are stored, but for those that are bytes, which become floats.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="workers">Who puts weights into order; the whole worker set when null.</param>
    /// <exception cref="ModelFormatException">A file is missing or damaged, they do not fit one another, or the network is no language model.</exception>
    public static LanguageModel LoadLanguage(string path, Workers? workers = null)
    {
        Network network = Build(path);
        LanguageModel model = network.Language
            ?? throw new ModelFormatException(Path.Combine(path, NetworkFile), 0, "the network is no language model: what is the preset decoder or gpt, and nothing else, continues texts; sarsen predict asks others");
        using SafetensorsFile from = SafetensorsFile.Open(Path.Combine(path, WeightsFile));
        if (model is not GptModel built || from.Entries.Any(entry => entry.DType == DType.I8))
        {
            StoredWeights.Read(network, from);
            return model;
        }
        // The parameters of a network that was built have elements already.
        var gpt = new GptModel(built.Config);
        DecoderFiles.ReadWeights(gpt, name => [new TensorPart($"{built.Path}.{name}")], from, WeightUse.Products, workers);
        return gpt;
    }

    /// <summary>Reads all parameters and buffers of a network, by name, from a safetensors file.</summary>
    /// <exception cref="ModelFormatException">One is missing or has another shape, or the file is damaged.</exception>
    public static void ReadWeights(Network network, string file)
    {
        using SafetensorsFile from = SafetensorsFile.Open(file);
        StoredWeights.Read(network, from);
    }

    private static Network Build(string path)
    {
        NetworkDefinition definition = Parse(path, NetworkFile, NetworkDefinition.FromJson);
        try
        {
            return Network.Build(definition);
        }
        catch (NetworkException e)
        {
            throw new ModelFormatException(Path.Combine(path, NetworkFile), 0, e.Message, e);
        }
    }

    private static T Parse<T>(string path, string name, Func<string, T> read)
    {
        string file = Path.Combine(path, name);
        if (!File.Exists(file))
            throw new ModelFormatException(file, 0, "is not there: this folder holds no model, or only a part of one");
        try
        {
            return read(File.ReadAllText(file));
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(file, 0, e.Message, e);
        }
    }
}
