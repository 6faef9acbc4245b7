using System.Diagnostics;
using System.Globalization;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Statistics;

namespace Sarsen.Data.Tests;

/// <summary>
/// What tests run in a process of their own, to limit and measure its memory: reads a CSV file through its statistics
/// and prints the rows and the peak of resident memory in bytes.
/// </summary>
public static class ChildProgram
{
    public static int Main(string[] args)
    {
        DataStatistics statistics = DataStatistics.Of(new CsvSource { Path = [args[0]] }.Open(new SourceContext()));
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{statistics.Rows} {self.PeakWorkingSet64}"));
        return 0;
    }
}
