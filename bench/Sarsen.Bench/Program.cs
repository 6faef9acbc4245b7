using System.Diagnostics;
using System.Globalization;
using Sarsen.Bench;

// Our side of a benchmark. Prints «ready», then for each line «SECONDS» it reads, it repeats the work for that long and
// prints the median time of one repetition and the managed bytes that one allocated.
if (args is not [var kind, var name, var batch] || Case.Of(kind, name, int.Parse(batch, CultureInfo.InvariantCulture)) is not { } work)
{
    Console.Error.WriteLine($"usage: Sarsen.Bench {string.Join('|', Case.Kinds)} {string.Join('|', Networks.Names)} BATCH");
    return 2;
}
using (work)
{
    for (int i = 0; i < 20; i++)
        work.Run();
    Console.WriteLine("ready");
    while (Console.ReadLine() is { } line)
    {
        double seconds = double.Parse(line, CultureInfo.InvariantCulture);
        var times = new List<double>(1 << 16);
        long begun = Stopwatch.GetTimestamp(), bytes = GC.GetAllocatedBytesForCurrentThread(), spent = 0;
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < seconds || times.Count < 3)
        {
            long start = Stopwatch.GetTimestamp();
            work.Run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        spent = GC.GetAllocatedBytesForCurrentThread() - bytes;
        int runs = times.Count;
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"median\": {times[runs / 2]:R}, \"runs\": {runs}, \"bytes\": {spent / runs}}}"));
    }
}
return 0;
