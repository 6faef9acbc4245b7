using System.Diagnostics;
using System.Globalization;
using System.Text;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Sources;

public sealed class LargeFileTests
{
    private const long FileBytes = 2L << 30;

    [SlowFact]
    public void Two_gibibytes_are_read_in_a_quarter_of_one()
    {
        using var folder = new TempFolder();
        string path = folder.PathOf("large.csv");
        long rows = Generate(path);
        new FileInfo(path).Length.ShouldBeGreaterThanOrEqualTo(FileBytes);

        var start = new ProcessStartInfo("dotnet", [typeof(ChildProgram).Assembly.Location, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DOTNET_GCHeapHardLimit"] = "0x10000000" },
        };
        using Process child = Process.Start(start)!;
        Task<string> errors = child.StandardError.ReadToEndAsync();
        string[] output = child.StandardOutput.ReadToEnd().Split();
        child.WaitForExit();
        child.ExitCode.ShouldBe(0, errors.Result);
        long.Parse(output[0], CultureInfo.InvariantCulture).ShouldBe(rows);
        long.Parse(output[1], CultureInfo.InvariantCulture).ShouldBeInRange(1 << 24, 1 << 30, "bytes of resident memory");
    }

    // Numbers, names that hardly repeat, and a time: the sketches of every kind are filled.
    private static long Generate(string path)
    {
        var block = new StringBuilder();
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        file.Write("id,price,user,kind,at\n"u8);
        long row = 0;
        while (file.Length < FileBytes)
        {
            for (int i = 0; i < 10_000; i++, row++)
            {
                long mixed = row * 2654435761 % 1_000_003;
                block.Append(CultureInfo.InvariantCulture, $"{row},{mixed}.{row % 97},user {mixed * row % 50_000_017},{(mixed % 3 == 0 ? "alpha" : "beta")},2024-01-{1 + row % 28:00}T10:00:{row % 60:00}Z\n");
            }
            file.Write(Encoding.ASCII.GetBytes(block.ToString()));
            block.Clear();
        }
        return row;
    }
}
