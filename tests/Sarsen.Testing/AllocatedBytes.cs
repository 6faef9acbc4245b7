namespace Sarsen.Testing;

/// <summary>
/// Managed bytes that work allocates on this thread: the least of several rounds. The runtime may allocate on any thread
/// once (a type that is loaded, a method that is compiled again); what the work allocates, it allocates in every round.
/// </summary>
public static class AllocatedBytes
{
    private const int Rounds = 5;

    public static long Of(Action work)
    {
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
