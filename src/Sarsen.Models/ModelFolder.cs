using System.Text.Json;
using Sarsen.Formats;
using Sarsen.Models.Decoders;

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
        NetworkDefinition definition = Parse(path, NetworkFile, NetworkDefinition.FromJson);
        Network network;
        try
        {
            network = Network.Build(definition);
        }
        catch (NetworkException e)
        {
            throw new ModelFormatException(Path.Combine(path, NetworkFile), 0, e.Message, e);
        }
        using SafetensorsFile from = SafetensorsFile.Open(Path.Combine(path, WeightsFile));
        network.Quantised = StoredWeights.Read(network, from, floats);
        network.HasFloats = floats;
        return network;
    }

    /// <summary>Reads all parameters and buffers of a network, by name, from a safetensors file.</summary>
    /// <exception cref="ModelFormatException">One is missing or has another shape, or the file is damaged.</exception>
    public static void ReadWeights(Network network, string file)
    {
        using SafetensorsFile from = SafetensorsFile.Open(file);
        StoredWeights.Read(network, from);
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
