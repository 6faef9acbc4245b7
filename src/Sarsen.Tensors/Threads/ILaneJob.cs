namespace Sarsen.Tensors.Threads;

/// <summary>
/// An <see cref="IChunkJob"/> that needs scratch memory: <c>lane</c> names the thread that runs the chunk.
/// Lanes are 0 .. <see cref="Workers.Count"/> - 1, no two threads hold the same lane of one job at a time, and a
/// thread keeps its lane until the job ends. What a chunk computes must not depend on the lane.
/// </summary>
public interface ILaneJob
{
    void Run(int chunk, int lane);
}
