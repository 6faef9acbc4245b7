namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>
/// A line of the tables of this folder. No kernel reads or writes outside its buffers: those whose values are compared at
/// every length from 0 to 200 are guarded there (<see cref="KernelMemory.Lengths"/>), and the others are lines here, one for
/// each of their lengths.
/// </summary>
/// <param name="Name">The kernel, and which of its sizes is the length.</param>
/// <param name="Run">Calls it once.</param>
/// <param name="From">The least length it may be given.</param>
/// <param name="Widths">Whether it has vectors, and so is to be run on every width.</param>
internal sealed record GuardedKernel(string Name, Action<KernelMemory, int> Run, int From = 0, bool Widths = true)
{
    /// <summary>Runs it at every length on every width between guards at the end and at the beginning: all give the same bits.</summary>
    public void Check()
    {
        foreach (int n in KernelMemory.Lengths.Where(n => n >= From))
            KernelMemory.StaysInside($"{Name} {n}", memory => Run(memory, n), Widths);
    }
}
