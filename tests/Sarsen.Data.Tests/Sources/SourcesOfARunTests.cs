using Sarsen.Data.BadRows;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;

namespace Sarsen.Data.Tests.Sources;

public sealed class SourcesOfARunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CsvSource Csv(string name, int rows) => new()
    {
        Path = [_folder.Write(name, "x,y\n" + string.Concat(Enumerable.Range(0, rows).Select(i => $"{i}.5,{(i % 2 == 0 ? "a" : "b")}\n")) + $"1.5,{name},too many\n")],
        OnBadRow = OnBadRow.Quarantine,
    };

    [Fact]
    public void Each_source_has_its_own_quarantine_and_its_own_counts()
    {
        var spec = new DataSpec
        {
            Source = Csv("train.csv", 40),
            Test = Csv("test.csv", 8),
            Target = ["y"],
            Split = new SplitSpec { Train = 0.9, Validation = 0.1, Test = 0, Stratify = true },
        };
        var options = new PrepareOptions { Sources = new SourceContext { QuarantinePath = _folder.PathOf("quarantine.jsonl") } };
        using PreparedData data = PreparedData.Prepare(spec, [new StandardScaleStep()], seed: 1, options);
        data.Report.Sources.Select(s => (s.Source, s.Rows.Good, s.Rows.Bad)).ShouldBe([("source", 40, 1), ("test", 8, 1)]);
        File.ReadAllLines(_folder.PathOf("quarantine.jsonl")).Single().ShouldContain("1.5,train.csv,too many");
        File.ReadAllLines(_folder.PathOf("quarantine.test.jsonl")).Single().ShouldContain("1.5,test.csv,too many");
    }
}
