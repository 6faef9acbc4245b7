using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Sources.PlainText;
using Sarsen.Data.Tables;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Sources;

// Expected values by zcat, wc, sort and uniq.
public sealed class RealDataTests
{
    [DataFact("datasets/r-modeldata/credit_data.csv.gz")]
    public void Credit_has_its_types_and_missing_values()
    {
        Table table = Table.Of(new CsvSource { Path = [TestData.PathOf("datasets/r-modeldata/credit_data.csv.gz")] });
        table.Types.ShouldBe([
            "Status:Text", "Seniority:Integer", "Home:Text", "Time:Integer", "Age:Integer", "Marital:Text", "Records:Text", "Job:Text",
            "Expenses:Integer", "Income:Integer", "Assets:Integer", "Debt:Integer", "Amount:Integer", "Price:Integer"]);
        table.Rows.Count.ShouldBe(4454);
        table["Income"].Count(v => v == Table.Missing).ShouldBe(381);
        table["Status"].Count(v => v == "bad").ShouldBe(1254);
    }

    [DataFact("datasets/r-modeldata/Chicago.csv.gz")]
    public void Dates_are_times()
    {
        Table table = Table.Of(new CsvSource { Path = [TestData.PathOf("datasets/r-modeldata/Chicago.csv.gz")] });
        table.Types[^1].ShouldBe("date:Time");
        table["date"][0].ShouldBe("2001-01-22T00:00:00.000");
        table.Rows.Count.ShouldBe(5698);
    }

    [DataFact("datasets/spam-assassin/spam_assassin.jsonl.gz")]
    public void Spam_mail_is_read()
    {
        Table table = Table.Of(new JsonLinesSource { Path = [TestData.PathOf("datasets/spam-assassin/spam_assassin.jsonl.gz")] });
        table.Types.ShouldBe(["id:Text", "group:Text", "label:Text", "subject:Text", "text:Text"]);
        (table.Rows.Count, table["label"].Count(v => v == "spam")).ShouldBe((6046, 1896));
    }

    [DataFact("datasets/gsm8k")]
    public void Two_files_of_questions_are_one_table()
    {
        var source = new JsonLinesSource { Path = [TestData.PathOf("datasets/gsm8k/train.jsonl.gz"), TestData.PathOf("datasets/gsm8k/test.jsonl")] };
        Table.Of(source).Rows.Count.ShouldBe(7473 + 1319);
        DataChecksum.Of(source).Files[1].Sha256.ShouldBe("3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14");
    }

    [DataFact("datasets/tinyshakespeare/input.txt")]
    public void Shakespeare_has_its_lines()
    {
        Table table = Table.Of(new TextSource { Path = [TestData.PathOf("datasets/tinyshakespeare/input.txt")] });
        (table.Rows.Count, table.Rows.Sum(r => r[0].Length + 1L)).ShouldBe((40_000, 1_115_394));
    }

    [DataFact("datasets/sklearn/digits.csv.gz")]
    public void Digits_have_65_numbers_a_row()
    {
        Table table = Table.Of(new CsvSource { Path = [TestData.PathOf("datasets/sklearn/digits.csv.gz")], Header = false });
        table.Source.Schema.Columns.Count.ShouldBe(65);
        table.Source.Schema.Columns.ShouldAllBe(c => c.Type == ColumnType.Integer);
        (table.Rows.Count, table["column_65"].Distinct().Count()).ShouldBe((1797, 10));
    }
}
