using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Models.Layers;

/// <summary>What poolings of rows share: a window that moves by its own size unless a stride is given.</summary>
[DefaultProperty(nameof(KernelSize))]
public abstract record Pool1dSpec : LayerSpec
{
    [Description("Elements of the window, Keras's pool size."), Range(1, 1 << 16)]
    public int KernelSize { get; init; } = 2;

    [Description("Stride; nothing: the window's size."), Range(1, 1 << 16)]
    public int? Stride { get; init; }

    [Description("What is thought before and behind the row: valid, same, or a number for each side.")]
    public Padding1d Padding { get; init; }

    [Description("Does a window that hangs over the edge count.")]
    public bool CeilMode { get; init; }
}
