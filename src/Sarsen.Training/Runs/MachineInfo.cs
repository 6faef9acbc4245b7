using System.Runtime.InteropServices;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Training.Runs;

/// <summary>Where a run computes: for its record, since speed depends on it and results do not.</summary>
public sealed record MachineInfo(string Os, string Architecture, string Runtime, int Processors, int Threads, string InstructionSet, long MemoryBytes)
{
    public static MachineInfo Of(Workers workers) => new(
        RuntimeInformation.OSDescription,
        RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        RuntimeInformation.FrameworkDescription,
        Environment.ProcessorCount,
        workers.Count,
        InstructionSets.Best.ToString().ToLowerInvariant(),
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
