using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.JsonLines;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests.Sources.JsonLines;

public sealed class JsonLinesSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private JsonLinesSource Json(params string[] lines) => new() { Path = [_folder.Write("a.jsonl", string.Join('\n', lines))] };

    [Fact]
    public void Types_are_inferred()
    {
        Table table = Table.Of(Json(
            """{"i":1,"n":1,"b":true,"t":"x","d":"2024-02-29","m":"1","o":{"k":[1, "é"]},"e":null}""",
            "",
            """{"b":false,"n":-2.5e3,"i":null,"t":"a\"\u00e9","d":"2024-02-29T01:00Z","m":2,"o":[],"e":null}"""));
        table.Types.ShouldBe(["i:Integer", "n:Number", "b:Boolean", "t:Text", "d:Time", "m:Text", "o:Text", "e:Text"]);
        table.Rows.ShouldBe([
            ["1", "1", "true", "x", "2024-02-29T00:00:00.000", "1", """{"k":[1, "é"]}""", "—"],
            ["—", "-2500", "false", "a\"é", "2024-02-29T01:00:00.000", "2", "[]", "—"]]);
    }

    [Fact]
    public void Arrays_of_one_shape_are_tensors()
    {
        IRowSource rows = Json("""{"v":[[1,2],[3,4.5]]}""", """{"v":null}""", """{"v":[[5,6],[7,8]]}""").Open(new SourceContext());
        rows.Schema.Columns.ShouldBe([new ColumnInfo("v", ColumnType.Array, new Shape(2, 2), DType.F32)]);
        var column = (ArrayColumn)rows.Read(CancellationToken.None).Single()["v"];
        System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(column.Bytes).ToArray().ShouldBe([1, 2, 3, 4.5f, 0, 0, 0, 0, 5, 6, 7, 8]);
        Enumerable.Range(0, 3).Select(column.IsMissing).ShouldBe([false, true, false]);
    }

    [Theory]
    [InlineData("[1,[2]]")]
    [InlineData("[[1],2]")]
    [InlineData("[[1],[2,3]]")]
    [InlineData("[]")]
    [InlineData("[1,\"x\"]")]
    [InlineData("[[[[[[[[[1]]]]]]]]]")]
    public void Other_arrays_are_text(string array) => Table.Of(Json($$"""{"v":{{array}}}""")).Rows.ShouldBe([[array]]);

    [Theory]
    [InlineData("""{"a":"x","b":"y"}""", 6, "a", "expected an integer, found \"x\"; so were the first 1 rows; give the type, types: {a: text}")]
    [InlineData("""{"a":1.5,"b":"y"}""", 6, "a", "types: {a: number}")]
    [InlineData("""{"a":99999999999999999999,"b":"y"}""", 6, "a", "beyond the range of 64-bit integers")]
    [InlineData("""{"a":1,"c":"y"}""", 8, null, "the field 'c' is none of the first 1 rows")]
    [InlineData("""{"b":"é","a":1,"a":1}""", 16, "a", "stands twice")]
    [InlineData("""{"b":"\ud800","a":1}""", 6, "b", "half of a surrogate pair")]
    [InlineData("""{"a":1,"b":"y"} x""", 17, null, "this is no JSON")]
    [InlineData("""{"a":1,"b":""", 12, null, "this is no JSON")]
    [InlineData("""[1]""", 1, null, "found an array; JSON Lines has one object in each line")]
    [InlineData("""7""", 1, null, "expected an object")]
    public void A_bad_row_is_reported_with_its_place(string bad, int column, string? field, string reason)
    {
        JsonLinesSource source = Json("""{"a":1,"b":"x"}""", "", bad) with { SampleRows = 1 };
        BadRow row = Should.Throw<BadRowException>(() => Table.Of(source)).Row;
        (row.Line, row.Column, row.Field, row.Raw).ShouldBe((3, column, field, bad));
        row.Reason.ShouldContain(reason);
    }

    [Fact]
    public void A_bad_row_leaves_nothing_behind()
    {
        Table table = Table.Of(Json("""{"a":1}""", """{"a":2,"b":"x","c":tru}""", """{"b":"y"}""", """{"a":3}""") with { OnBadRow = OnBadRow.Skip });
        table.Types.ShouldBe(["a:Integer", "b:Text"]);
        table.All.ShouldBe("1,— | —,y | 3,—");
        table.Source.BadRows.Bad.ShouldBe(1);
    }

    [Fact]
    public void Given_types_win_and_read_numbers_in_strings()
    {
        Table table = Table.Of(Json("""{"a":"1.5","b":7}""", """{"a":2,"b":{"x":1}}""") with
        {
            Types = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Number, ["b"] = ColumnType.Text, ["c"] = ColumnType.Integer },
        });
        table.Types.ShouldBe(["a:Number", "b:Text", "c:Integer"]);
        table.Rows.ShouldBe([["1.5", "7", "—"], ["2", """{"x":1}""", "—"]]);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "has no rows")]
    [InlineData("{}\n", "have no fields")]
    public void A_file_without_fields_is_refused(string text, string cause) =>
        Should.Throw<DataException>(() => Json(text).Open(new SourceContext())).Message.ShouldContain(cause);

    [Fact]
    public void Invalid_bytes_are_reported_where_they_stand()
    {
        var source = new JsonLinesSource { Path = [_folder.Write("b.jsonl", [.. "{\"a\":\"é"u8, 0xFF, .. "\"}\n"u8])] };
        BadRow row = Should.Throw<BadRowException>(() => Table.Of(source)).Row;
        (row.Line, row.Column).ShouldBe((1, 8));
        row.Reason.ShouldContain("encoding: gb18030");
    }
}
