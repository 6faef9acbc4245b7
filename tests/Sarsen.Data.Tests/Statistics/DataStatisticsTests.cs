using System.Text.Json;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Statistics;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Statistics;

public sealed class DataStatisticsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllText(Repository.PathOf("tests", "Sarsen.Data.Tests", "Statistics", "statistics_golden.json"))).RootElement;

    private DataStatistics Of(string csv) => DataStatistics.Of(new CsvSource { Path = [_folder.Write("a.csv", csv)] }.Open(new SourceContext()));

    [DataTheory("datasets")]
    [InlineData("datasets/r-modeldata/credit_data.csv.gz", 0)]
    [InlineData("datasets/r-modeldata/mlc_churn.csv.gz", 0)]
    [InlineData("datasets/r-modeldata/penguins.csv.gz", 0)]
    [InlineData("datasets/r-modeldata/ames.csv.gz", 0)]
    [InlineData("datasets/sklearn/iris.csv", 1)]
    [InlineData("datasets/sklearn/wine_data.csv", 1)]
    public void Real_tables_have_numpys_statistics(string path, int skipLines)
    {
        JsonElement golden = Golden.GetProperty(path);
        string[] names = [.. golden.GetProperty("columns").EnumerateObject().Select(c => c.Name)];
        var source = new CsvSource { Path = [TestData.PathOf(path)], SkipLines = skipLines, Header = skipLines == 0, ColumnNames = skipLines == 0 ? null : names };
        DataStatistics statistics = DataStatistics.Of(source.Open(new SourceContext()));
        statistics.Rows.ShouldBe(golden.GetProperty("rows").GetInt64());
        statistics.Columns.Select(c => c.Name).ShouldBe(names);
        foreach (ColumnStatistics column in statistics.Columns)
            Compare(column, golden.GetProperty("columns").GetProperty(column.Name));
    }

    private static void Compare(ColumnStatistics column, JsonElement golden)
    {
        column.Count.ShouldBe(golden.GetProperty("count").GetInt64(), column.Name);
        column.Missing.ShouldBe(golden.GetProperty("missing").GetInt64(), column.Name);
        column.Distinct.ShouldBe(new DistinctValues(golden.GetProperty("distinct").GetInt64(), true), column.Name);
        if (!golden.TryGetProperty("mean", out JsonElement mean))
        {
            column.Frequent!.Values.Select(v => (v.Value, v.Count)).ShouldBe(golden.GetProperty("top").EnumerateArray().Select(e => (e[0].GetString()!, e[1].GetInt64())), column.Name);
            column.Texts!.Shortest.ShouldBe(golden.GetProperty("shortest").GetInt32());
            column.Texts.Longest.ShouldBe(golden.GetProperty("longest").GetInt32());
            return;
        }
        NumberStatistics numbers = column.Numbers!;
        numbers.Min.ShouldBe(golden.GetProperty("min").GetDouble(), column.Name);
        numbers.Max.ShouldBe(golden.GetProperty("max").GetDouble(), column.Name);
        Close(numbers.Mean!.Value, mean.GetDouble());
        // One pass against numpy's two.
        numbers.StandardDeviation!.Value.ShouldBe(golden.GetProperty("std").GetDouble(), 1e-11 * Math.Max(1, numbers.StandardDeviation.Value), column.Name);
        double[] quartiles = [.. golden.GetProperty("quartiles").EnumerateArray().Select(q => q.GetDouble())];
        Close(numbers.Quartiles!.Low, quartiles[0]);
        Close(numbers.Quartiles.Median, quartiles[1]);
        Close(numbers.Quartiles.High, quartiles[2]);

        void Close(double actual, double expected) => actual.ShouldBe(expected, 1e-12 * Math.Max(1, Math.Abs(expected)), column.Name);
    }

    [Fact]
    public void Text_and_json_show_what_is_there()
    {
        DataStatistics statistics = Of("n,i,b,t,d,e\n1.5,7,true,spam,2024-01-01,\n2.5,8,false,ham,2024-01-02T10:00Z,\nNA,8,true,spam,,\n");
        statistics.ToString().ShouldBe("""
            3 rows, none left out
              column  type        missing  distinct  values
              n       number   1 (33.3 %)         2  1.5 … 2.5, mean 2 ± 0.707107; quartiles 1.75, 2, 2.25
              i       integer           0         2  7 … 8, mean 7.66667 ± 0.57735; quartiles 7.5, 8, 8; 8 2, 7 1
              b       boolean           0         2  true 2, false 1
              t       text              0         2  3 to 4 characters, mean 3.7; spam 2, ham 1
              d       time     1 (33.3 %)         2  2024-01-01T00:00:00Z … 2024-01-02T10:00:00Z
              e       text      3 (100 %)         0

            """);
        JsonElement json = JsonDocument.Parse(statistics.ToJson()).RootElement;
        json.GetProperty("columns")[0].GetProperty("numbers").GetProperty("quartiles").GetProperty("median").GetDouble().ShouldBe(2);
        json.GetProperty("columns")[3].GetProperty("frequent").GetProperty("values")[0].GetProperty("value").GetString().ShouldBe("spam");
        json.GetProperty("columns")[4].TryGetProperty("numbers", out _).ShouldBeFalse();
        json.GetProperty("bad_rows").GetProperty("good").GetInt32().ShouldBe(3);
    }

    [Fact]
    public void Arrays_have_ranges()
    {
        var source = new JsonLinesSource { Path = [_folder.Write("a.jsonl", "{\"v\":[1,2]}\n{\"v\":[3,6]}\n")] };
        ArrayStatistics arrays = DataStatistics.Of(source.Open(new SourceContext())).Columns[0].Arrays!;
        arrays.Shape.ShouldBe([2]);
        (arrays.Min, arrays.Max, arrays.Mean, arrays.NonFinite).ShouldBe((1, 6, 3, 0));
        arrays.StandardDeviation!.Value.ShouldBe(Math.Sqrt(14 / 3.0), 1e-15);
    }
}
