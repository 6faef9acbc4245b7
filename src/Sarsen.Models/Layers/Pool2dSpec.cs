using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Models.Layers;

/// <summary>What poolings of pictures share: a window that moves by its own size unless a stride is given.</summary>
[DefaultProperty(nameof(KernelSize))]
public abstract record Pool2dSpec : LayerSpec
{
    [Description("Rows and columns of the window, Keras's pool size; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> KernelSize { get; init; } = [2];

    [Description("Strides of rows and columns; nothing: the window's size."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int>? Stride { get; init; }

    [Description("What is thought around the picture: valid, same, or a number for each side such as 1 or 1x0.")]
    public Padding2d Padding { get; init; }

    [Description("Does a window that hangs over the edge count.")]
    public bool CeilMode { get; init; }
}
