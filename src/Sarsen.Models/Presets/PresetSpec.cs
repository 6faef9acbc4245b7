using Sarsen.Models.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Presets;

/// <summary>
/// A ready-made network: a record that names its layers once it knows what comes in and how many values go out. A new
/// preset is one file and one line in <see cref="PresetCatalogue"/>.
/// </summary>
public abstract record PresetSpec
{
    /// <param name="sample">The shape of one sample.</param>
    /// <param name="outputs">Values that go out: one for each class or target.</param>
    public abstract IReadOnlyList<LayerSpec> Layers(in Shape sample, int outputs);
}
