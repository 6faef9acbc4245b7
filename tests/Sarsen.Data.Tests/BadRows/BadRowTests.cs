using System.Text.Json;
using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Tables;
using Sarsen.Data.Tests.Sources;

namespace Sarsen.Data.Tests.BadRows;

public sealed class BadRowTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CsvSource Source(OnBadRow policy, int bad = 3)
    {
        string rows = string.Concat(Enumerable.Range(0, 2 * bad).Select(i => i % 2 == 0 ? $"{i},ok\n" : $"broken,\"ä{i}\"\n"));
        return new CsvSource
        {
            Path = [_folder.Write("a.csv", "n,t\n" + rows)],
            OnBadRow = policy,
            Types = new Dictionary<string, ColumnType> { ["n"] = ColumnType.Integer },
        };
    }

    [Fact]
    public void Fail_ends_at_the_first()
    {
        BadRowException e = Should.Throw<BadRowException>(() => Table.Of(Source(OnBadRow.Fail)));
        e.Row.Line.ShouldBe(3);
        e.Message.ShouldBe($"{_folder.PathOf("a.csv")}:3:1: column 'n': expected an integer, found 'broken'; the type was given; correct the value, or say text, or add the word to missing (on_bad_row: skip or quarantine goes on without such rows)");
    }

    [Fact]
    public void Skip_counts_and_keeps_the_first()
    {
        Table table = Table.Of(Source(OnBadRow.Skip, 30));
        table["n"].ShouldBe(Enumerable.Range(0, 30).Select(i => $"{2 * i}"));
        BadRowReport report = table.Source.BadRows;
        (report.Good, report.Bad, report.First.Count, report.QuarantinePath).ShouldBe((30, 30, BadRowReport.MostKept, null));
        report.First[1].Raw.ShouldBe("broken,\"ä3\"");
        report.ToString().Split('\n')[0].ShouldBe("30 rows, 30 left out");
        report.ToString().Split('\n')[^1].ShouldBe("  … and 10 more");
    }

    [Fact]
    public void Quarantine_writes_each_row_once_however_often_it_is_read()
    {
        string path = _folder.Write("quarantine.jsonl", "left by an earlier run\n");
        IRowSource rows = Source(OnBadRow.Quarantine).Open(new SourceContext { QuarantinePath = path });
        _ = rows.Read(CancellationToken.None).First();
        for (int epoch = 0; epoch < 3; epoch++)
            Table.Of(rows).Rows.Count.ShouldBe(3);
        (rows.BadRows.Good, rows.BadRows.Bad, rows.BadRows.QuarantinePath).ShouldBe((3, 3, path));
        JsonElement[] written = [.. File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement)];
        written.Select(w => w.GetProperty("line").GetInt32()).ShouldBe([3, 5, 7]);
        written[0].GetProperty("raw").GetString().ShouldBe("broken,\"ä1\"");
        written[0].GetProperty("field").GetString().ShouldBe("n");
        written[0].GetProperty("reason").GetString()!.ShouldContain("expected an integer");
        File.ReadAllText(path).ShouldContain("ä1");
    }

    [Fact]
    public void Quarantine_without_a_file_is_refused() =>
        Should.Throw<DataException>(() => Source(OnBadRow.Quarantine).Open(new SourceContext())).Message.ShouldContain("needs a file");

    [Fact]
    public void A_source_of_bad_rows_alone_is_refused()
    {
        CsvSource source = Source(OnBadRow.Skip) with { Types = new Dictionary<string, ColumnType> { ["t"] = ColumnType.Number } };
        Should.Throw<DataException>(() => Table.Of(source)).Message.ShouldStartWith("none of 6 rows could be read; the first: ");
    }
}
