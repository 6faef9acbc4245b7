using System.Text;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tests.Runs;

public sealed class EventLogTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    private void Append(int attempt, params string[] kinds)
    {
        using var log = new EventLog(_path, attempt, TimeProvider.System);
        foreach (string kind in kinds)
            log.Append(kind, new { Loss = 0.5, SomeText = "ä" });
    }

    [Fact]
    public void Lines_are_numbered_over_attempts()
    {
        Append(1, "started", "epoch");
        Append(2, "resumed");

        RunEvent[] events = [.. EventLog.Read(_path)];

        events.Select(e => (e.Seq, e.Attempt, e.Kind)).ShouldBe([(1, 1, "started"), (2, 1, "epoch"), (3, 2, "resumed")]);
        events[0].Data.GetProperty("some_text").GetString().ShouldBe("ä");
    }

    [Fact]
    public void A_line_that_was_cut_off_is_removed_at_every_length()
    {
        Append(1, "started", "epoch");
        byte[] whole = File.ReadAllBytes(_path);
        int first = Array.IndexOf(whole, (byte)'\n') + 1;
        for (int length = first; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_path, whole[..length]);
            EventLog.Read(_path).Select(e => e.Seq).ShouldBe([1L], $"cut at {length}");

            Append(2, "resumed");

            EventLog.Read(_path).Select(e => (e.Seq, e.Kind)).ShouldBe([(1L, "started"), (2L, "resumed")], $"cut at {length}");
        }
    }

    [Fact]
    public void Numbers_that_are_none_are_words()
    {
        using (var log = new EventLog(_path, 1, TimeProvider.System))
            log.Append("epoch", new { Loss = double.NaN });

        File.ReadAllText(_path, Encoding.UTF8).ShouldContain("\"loss\":\"NaN\"");
    }
}
