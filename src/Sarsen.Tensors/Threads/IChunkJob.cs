namespace Sarsen.Tensors.Threads;

/// <summary>
/// Work cut into chunks by shape alone, never by the number of threads, so that results do not depend on it.
/// Chunks run in any order, at the same time, on the same instance: a chunk writes only what is its own.
/// It never throws: arguments are checked before the fork.
/// </summary>
public interface IChunkJob
{
    void Run(int chunk);
}
