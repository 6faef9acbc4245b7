using Sarsen.Formats;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Training.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Checkpoints;

/// <summary>A saved state of training: a folder with weights, the optimizer's memory and where training stood.</summary>
/// <param name="path">The folder.</param>
/// <param name="state">Where training stood.</param>
public sealed class Checkpoint(string path, TrainingState state)
{
    public string Path { get; } = path;

    public TrainingState State { get; } = state;

    /// <summary>Reads weights, and the optimizer's memory and the average of the weights where they are given, by name.</summary>
    /// <exception cref="RunException">It is of another network or optimizer.</exception>
    /// <exception cref="ModelFormatException">A file is damaged.</exception>
    public void LoadInto(Module module, Optimizer? optimizer, ExponentialMovingAverage? average = null)
    {
        Load(CheckpointStore.WeightsFile, module.State().Select(s => (s.Name, s.Value)));
        if (optimizer is not null)
            Load(CheckpointStore.OptimizerFile, optimizer.State());
        if (average is not null)
            Load(CheckpointStore.AverageFile, average.State());
    }

    private void Load(string file, IEnumerable<(string Name, Tensor Value)> into)
    {
        using SafetensorsFile from = SafetensorsFile.Open(System.IO.Path.Combine(Path, file));
        foreach ((string name, Tensor value) in into)
        {
            if (!from.Contains(name))
                throw new RunException($"the checkpoint '{Path}' has no '{name}' in {file}: it was made by another network or optimizer. Resume with the spec that the run began with");
            from.ReadInto(name, value);
        }
    }
}
