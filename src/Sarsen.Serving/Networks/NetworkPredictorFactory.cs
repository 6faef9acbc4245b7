using System.Collections.Concurrent;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Networks;

/// <summary>Loads <see cref="NetworkPredictor"/>s from model folders. Replicas of one folder share its weights.</summary>
/// <param name="workers">Who computes; the whole worker set when null.</param>
public sealed class NetworkPredictorFactory(Workers? workers = null) : IPredictorFactory
{
    private readonly ConcurrentDictionary<string, WeakReference<Network>> _networks = new(StringComparer.Ordinal);

    public IPredictor Load(string folder, string name, string version)
    {
        try
        {
            using FileStream pipeline = File.OpenRead(Path.Combine(folder, ModelFolder.PipelineFile));
            return new NetworkPredictor(NetworkOf(folder), Pipeline.Load(pipeline), name, version, workers);
        }
        catch (Exception e) when (e is ModelFormatException or DataException or IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"the model in '{folder}' cannot be loaded: {e.Message}", e);
        }
    }

    // Registered folders never change, so a network that is in use is that of the folder.
    private Network NetworkOf(string folder)
    {
        if (_networks.TryGetValue(folder, out WeakReference<Network>? known) && known.TryGetTarget(out Network? network))
            return network;
        network = ModelFolder.Load(folder);
        _networks[folder] = new WeakReference<Network>(network);
        return network;
    }
}
