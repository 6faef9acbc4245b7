using System.Collections.Concurrent;
using Sarsen.Data;
using Sarsen.Data.Preprocessing;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Nn.Plans;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Networks;

/// <summary>A network and what is compiled of it: shared by all replicas.</summary>
internal sealed record CompiledNetwork(Network Network, Plan Plan);

/// <summary>Loads <see cref="NetworkPredictor"/>s from model folders. Replicas of one folder share its plan and weights.</summary>
/// <param name="workers">Who computes; the whole worker set when null.</param>
public sealed class NetworkPredictorFactory(Workers? workers = null) : IPredictorFactory
{
    private readonly ConcurrentDictionary<(string Folder, DateTime Written), WeakReference<CompiledNetwork>> _networks = [];

    public IPredictor Load(string folder, string name, string version)
    {
        try
        {
            return new NetworkPredictor(NetworkOf(folder), PipelineOf(folder), name, version, workers);
        }
        catch (Exception e) when (e is ModelFormatException or DataException or IOException or UnauthorizedAccessException or NotSupportedException or InvalidOperationException)
        {
            throw new ModelLoadException($"the model in '{folder}' cannot be loaded: {e.Message}", e);
        }
    }

    private static Pipeline PipelineOf(string folder)
    {
        using FileStream file = File.OpenRead(Path.Combine(folder, ModelFolder.PipelineFile));
        try
        {
            return Pipeline.Load(file);
        }
        catch (DataException e)
        {
            throw new DataException($"{ModelFolder.PipelineFile}: {e.Message}", e);
        }
    }

    // A registered folder never changes, so a network that is in use is that of the folder. A model that was deleted and
    // registered anew has a folder of the same name, and other weights.
    private CompiledNetwork NetworkOf(string folder)
    {
        (string, DateTime) key = (folder, File.GetLastWriteTimeUtc(Path.Combine(folder, ModelFolder.WeightsFile)));
        if (_networks.TryGetValue(key, out WeakReference<CompiledNetwork>? known) && known.TryGetTarget(out CompiledNetwork? compiled))
            return compiled;
        Network network = ModelFolder.Load(folder, floats: false);
        compiled = new CompiledNetwork(network, network.ToPlan());
        // What cannot be planned is found here and not by the first request. Two: the statistics of a batch of one are refused.
        compiled.Plan.LayoutFor(network.InputShape(2), workers ?? Workers.Shared);
        _networks[key] = new WeakReference<CompiledNetwork>(compiled);
        return compiled;
    }
}
