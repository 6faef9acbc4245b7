using System.Diagnostics;

namespace Sarsen.Formats.Tests;

/// <summary>Damaged input, one after the other: each is read or refused as <see cref="ModelFormatException"/>, in bounded time and memory.</summary>
internal static class Fuzz
{
    private static readonly TimeSpan s_maxTime = TimeSpan.FromSeconds(5);

    /// <param name="count">How many.</param>
    /// <param name="mutator">Makes them.</param>
    /// <param name="read">Reads one.</param>
    /// <param name="mostBytes">What reading one of a length may allocate.</param>
    public static void Run(int count, Mutator mutator, Action<byte[]> read, Func<int, long> mostBytes)
    {
        int succeeded = 0;
        for (int i = 0; i < count; i++)
        {
            byte[] bytes = mutator.Next();
            long before = GC.GetAllocatedBytesForCurrentThread(), began = Stopwatch.GetTimestamp();
            try
            {
                read(bytes);
                succeeded++;
            }
            catch (ModelFormatException)
            {
            }
            catch (Exception e)
            {
                Assert.Fail($"input {i} of {bytes.Length} bytes ended in {e}: {Convert.ToBase64String(bytes)}");
            }
            TimeSpan time = Stopwatch.GetElapsedTime(began);
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (time > s_maxTime || allocated > mostBytes(bytes.Length))
                Assert.Fail($"input {i} of {bytes.Length} bytes took {time} and {allocated} bytes: {Convert.ToBase64String(bytes)}");
        }
        // Mutations that break everything would test the first check only.
        succeeded.ShouldBeInRange(count / 200, count * 9 / 10);
    }
}
