using System.Text;
using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Tests.Sources.Csv;

public sealed class CsvSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private CsvSource Csv(string text) => new() { Path = [_folder.Write("a.csv", text)] };

    [Fact]
    public void Types_are_inferred()
    {
        Table table = Table.Of(Csv("n,i,b,t,d,z\n1.5,-1,true,x,2024-02-29,01\n2,2,FALSE,,2024-02-29T13:05:59.5+02:00,02\n"));
        table.Types.ShouldBe(["n:Number", "i:Integer", "b:Boolean", "t:Text", "d:Time", "z:Text"]);
        table.All.ShouldBe("1.5,-1,true,x,2024-02-29T00:00:00.000,01 | 2,2,false,—,2024-02-29T11:05:59.500,02");
    }

    [Theory]
    [InlineData("1\r\n2\r\n", "1 | 2")]
    [InlineData("1\n2", "1 | 2")]
    [InlineData("1\r2\r", "1 | 2")]
    [InlineData("\n1\n\n\n2\n\n", "1 | 2")]
    [InlineData("1\n\n\r\n2\r\n\r\n", "1 | 2")]
    public void Every_line_end_is_known_and_blank_lines_are_no_rows(string text, string expected) =>
        Table.Of(Csv("a\n" + text)).All.ShouldBe(expected);

    [Fact]
    public void Quoted_fields_hold_separators_line_ends_and_quotes()
    {
        Table table = Table.Of(Csv("a,b\n\"x,\"\"y\"\"\",\"1\n2\"\n\"\",\"\"\"\"\nlast,\"r\r\ns\""));
        table.Rows.ShouldBe([["x,\"y\"", "1\n2"], [Table.Missing, "\""], ["last", "r\r\ns"]]);
    }

    [Fact]
    public void Words_for_missing_are_missing_except_quoted_ones_in_text()
    {
        Table table = Table.Of(Csv("n,t\nNA,NA\n1.5,\"NA\"\n\"\",\"\"\n\" null \", null \n"));
        table.Types.ShouldBe(["n:Number", "t:Text"]);
        table.Rows.ShouldBe([["—", "—"], ["1.5", "NA"], ["—", "—"], ["—", "—"]]);
    }

    [Fact]
    public void Options_are_followed()
    {
        Table table = Table.Of(Csv("title; of it\n# a comment\na;'b'\n1,5;'x;y'\n# another\n2,25;?\n") with
        {
            Separator = ";",
            Quote = "'",
            Decimal = ",",
            Comment = "#",
            Missing = ["?"],
            SkipLines = 1,
        });
        table.Types.ShouldBe(["a:Number", "b:Text"]);
        table.All.ShouldBe("1.5,x;y | 2.25,—");
    }

    [Fact]
    public void Without_a_header_columns_are_numbered_or_named()
    {
        Table.Of(Csv("1,2\n3,4\n") with { Header = false }).Types.ShouldBe(["column_1:Integer", "column_2:Integer"]);
        Table.Of(Csv("1,2\n3,4\n") with { Header = false, ColumnNames = ["x", "y"] }).All.ShouldBe("1,2 | 3,4");
        Table.Of(Csv("a,b\n3,4\n") with { ColumnNames = ["x", "y"] }).Types.ShouldBe(["x:Integer", "y:Integer"]);
        Should.Throw<DataException>(() => Csv("1,2\n") with { Header = false, ColumnNames = ["x"] } is var s ? s.Open(new SourceContext()) : null!)
            .Message.ShouldContain("2 fields, but column_names has 1 names");
    }

    [Fact]
    public void Tabs_separate_in_tsv_and_without_quotes_a_quote_is_text()
    {
        string path = _folder.Write("a.tsv", "a\tb\n5\" pipe\tx, y\n");
        Table.Of(new TsvSource { Path = [path], Quote = "" }).Rows.ShouldBe([["5\" pipe", "x, y"]]);
    }

    [Fact]
    public void Given_types_win()
    {
        Table table = Table.Of(Csv("a,b,c\n1,2,yes\n3,4,N\n") with
        {
            Types = new Dictionary<string, ColumnType> { ["a"] = ColumnType.Text, ["b"] = ColumnType.Number, ["c"] = ColumnType.Boolean },
        });
        table.Types.ShouldBe(["a:Text", "b:Number", "c:Boolean"]);
        table.All.ShouldBe("1,2,true | 3,4,false");
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "has no rows")]
    [InlineData("a,b\n", "a header and nothing below it")]
    [InlineData("a,b,a\n1,2,3\n", "columns 1 and 3 are both named 'a'")]
    [InlineData("a,\"b\n1,2\n", "1:3: the first row has a quote that opens here is never closed")]
    [InlineData("PK\u0003\u0004xx", "a ZIP archive")]
    public void A_file_that_is_no_table_is_refused(string text, string cause) =>
        Should.Throw<DataException>(() => Csv(text).Open(new SourceContext())).Message.ShouldContain(cause);

    [Fact]
    public void A_given_type_for_an_absent_column_names_the_nearest()
    {
        CsvSource source = Csv("age,income\n1,2\n") with { Types = new Dictionary<string, ColumnType> { ["incom"] = ColumnType.Number } };
        Should.Throw<DataException>(() => source.Open(new SourceContext())).Message.ShouldContain("no column 'incom'; did you mean 'income'?");
    }

    [Fact]
    public void Files_of_one_source_are_one_table()
    {
        _folder.Write("p/part-2.csv", "a,b\n3,4\n");
        _folder.Write("p/part-1.csv", "a,b\n1,2\n");
        var source = new CsvSource { Path = [_folder.PathOf("p/part-*.csv")] };
        source.Files().Select(Path.GetFileName).ShouldBe(["part-1.csv", "part-2.csv"]);
        Table.Of(source).All.ShouldBe("1,2 | 3,4");
        _folder.Write("p/part-3.csv", "a,c\n5,6\n");
        Should.Throw<DataException>(() => Table.Of(source)).Message.ShouldContain("column 2 of the header is 'c', in");
    }

    [Fact]
    public void Names_of_files_that_are_not_there_are_answered()
    {
        _folder.Write("train.csv", "a\n1\n");
        Should.Throw<DataException>(() => new CsvSource { Path = [_folder.PathOf("trian.csv")] }.Files()).Message.ShouldContain("did you mean 'train.csv'?");
        Should.Throw<DataException>(() => new CsvSource { Path = [_folder.PathOf("*.tsv")] }.Files()).Message.ShouldContain("no file has a name of this form");
        Should.Throw<DataException>(() => new CsvSource { Path = [_folder.Root] }.Files()).Message.ShouldContain("is a folder");
        Should.Throw<DataException>(() => new CsvSource { Path = [_folder.PathOf("train.csv"), _folder.PathOf("t*.csv")] }.Files()).Message.ShouldContain("named twice");
    }

    [Fact]
    public void A_folder_pattern_goes_down()
    {
        _folder.Write("x/a.csv", "a\n1\n");
        _folder.Write("x/y/z/b.csv", "a\n2\n");
        _folder.Write("x/c.txt", "");
        Table.Of(new CsvSource { Path = [_folder.PathOf("x/**/*.csv")] }).All.ShouldBe("1 | 2");
    }

    [Theory]
    [InlineData("1,x,3", 2, 3, "b", "expected an integer, found 'x'; so were the first 1 rows; give the type, types: {b: text}")]
    [InlineData("1,2.5,3", 2, 3, "b", "types: {b: number}")]
    [InlineData("1,99999999999999999999,3", 2, 3, "b", "beyond the range of 64-bit integers")]
    [InlineData("1,2", 2, 1, null, "expected 3 fields, found 2")]
    [InlineData("1,2,3,4", 2, 1, null, "expected 3 fields, found 4; a header without a name for the first column")]
    [InlineData("é,\"2\"x,3", 2, 6, null, "text behind the closing quote")]
    [InlineData("1,2\",3", 2, 4, null, "a quote within a field")]
    [InlineData("1,2,\"3", 2, 5, null, "never closed")]
    [InlineData("1,\"2\n3\",x", 3, 4, "c", "expected an integer, found 'x'")]
    public void A_bad_row_is_reported_with_its_place(string bad, int line, int column, string? field, string reason)
    {
        CsvSource source = Csv($"a,b,c\n{bad}\n") with { SampleRows = 1 };
        source = source with { Path = [_folder.Write("first.csv", "a,b,c\n1,2,3\n"), .. source.Path] };
        if (bad.Contains('\n'))
            source = source with { Types = new Dictionary<string, ColumnType> { ["b"] = ColumnType.Text } };
        BadRow row = Should.Throw<BadRowException>(() => Table.Of(source)).Row;
        (row.Line, row.Column, row.Field).ShouldBe((line, column, field));
        row.Reason.ShouldContain(reason);
        row.File.ShouldBe(_folder.PathOf("a.csv"));
        row.ToString().ShouldStartWith($"{row.File}:{line}:{column}: ");
    }

    [Fact]
    public void A_quote_left_open_costs_its_own_line_alone()
    {
        Table table = Table.Of(Csv("a,b\n1,\"open\n2,\"good\"\n3,x\n4,\"also open\n5,y") with { OnBadRow = OnBadRow.Skip });
        table["a"].ShouldBe(["2", "3", "5"]);
        table.Source.BadRows.First.Select(r => (r.Line, r.Column)).ShouldBe([(2, 3), (5, 3)]);
    }

    [Theory]
    [InlineData(NonFinite.Missing, "1.5 | — | —")]
    [InlineData(NonFinite.Keep, "1.5 | NaN | -Infinity")]
    public void What_is_no_finite_number_follows_the_option(NonFinite option, string expected) =>
        Table.Of(Csv("a\n1.5\nNAN\n-inf\n") with { NonFinite = option }).All.ShouldBe(expected);

    [Fact]
    public void What_is_no_finite_number_is_a_bad_row() =>
        Should.Throw<BadRowException>(() => Table.Of(Csv("a\n1.5\n-inf\n"))).Message.ShouldContain("'-inf' is no finite number; say non_finite");

    [Fact]
    public void Bytes_that_are_no_characters_are_reported_with_their_line()
    {
        CsvSource source = Csv("") with { Path = [_folder.Write("b.csv", [.. "a,b\nx,1\n"u8, 0xC3, 0x28, .. ",2\n"u8])] };
        BadRow row = Should.Throw<BadRowException>(() => Table.Of(source)).Row;
        (row.Line, row.Column, row.Field).ShouldBe((3, 1, "a"));
        row.Reason.ShouldContain("encoding: gb18030");
    }

    [Fact]
    public void Long_rows_and_blocks_join_without_a_seam()
    {
        var text = new StringBuilder("id,text\n");
        for (int i = 0; i < 9000; i++)
            text.Append(i).Append(",\"").Append('x', i % 97).Append(i % 5 == 0 ? "\"\"\n" : "").Append("\"\r\n");
        text.Append("9000,").Append('y', 700_000).Append('\n');
        Table table = Table.Of(Csv(text.ToString()));
        table.Rows.Count.ShouldBe(9001);
        for (int i = 0; i < 9000; i++)
            table.Rows[i].ShouldBe([$"{i}", i % 97 == 0 && i % 5 != 0 ? Table.Missing : new string('x', i % 97) + (i % 5 == 0 ? "\"\n" : "")]);
        table.Rows[9000][1].Length.ShouldBe(700_000);
    }

    [Fact]
    public void A_line_without_end_is_one_bad_row()
    {
        CsvSource source = Csv("a\nx\n" + new string('y', CsvReader.MaxRecordBytes + 5) + "\nz\n") with { OnBadRow = OnBadRow.Skip };
        Table table = Table.Of(source);
        table.All.ShouldBe("x | z");
        table.Source.BadRows.First.Single().Reason.ShouldContain("more than 16 MiB");
    }

    [Fact]
    public void Reading_stops_when_told()
    {
        IRowSource rows = Csv("a\n1\n").Open(new SourceContext());
        Should.Throw<OperationCanceledException>(() => rows.Read(new CancellationToken(canceled: true)).Count());
    }

    [Theory]
    [InlineData(";;", "\"", ".")]
    [InlineData("\"", "", ".")]
    [InlineData(",", "\"", ",")]
    [InlineData(",", "''", ".")]
    [InlineData(",", "\"", "x")]
    public void Options_that_clash_are_refused(string separator, string quote, string point) =>
        Should.Throw<DataException>(() => (Csv("a\n1\n") with { Separator = separator, Quote = quote, Decimal = point }).Open(new SourceContext()));
}
