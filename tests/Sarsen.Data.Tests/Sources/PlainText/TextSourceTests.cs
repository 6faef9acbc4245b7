using Sarsen.Data.BadRows;
using Sarsen.Data.Sources.PlainText;

namespace Sarsen.Data.Tests.Sources.PlainText;

public sealed class TextSourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_are_rows_blank_ones_too()
    {
        string path = _folder.Write("a.txt", "one\r\n\ntwo, \"2\"\rthree");
        Table.Of(new TextSource { Path = [path] })["text"].ShouldBe(["one", "", "two, \"2\"", "three"]);
    }

    [Fact]
    public void Files_are_rows_with_their_folder_as_label()
    {
        _folder.Write("mail/spam/1.txt", "buy\nnow\n");
        _folder.Write("mail/ham/1.txt", "hello");
        _folder.Write("mail/ham/2.txt.gz", TempFolder.Gzip("packed"u8.ToArray()));
        Table table = Table.Of(new TextSource { Path = [_folder.PathOf("mail/*/*")], Unit = TextUnit.File, FolderLabel = true });
        table.Rows.ShouldBe([["hello", "ham"], ["packed", "ham"], ["buy\nnow\n", "spam"]]);
    }

    [Fact]
    public void What_is_no_text_is_a_bad_row()
    {
        string good = _folder.Write("1.txt", "good"), broken = _folder.Write("2.txt", [.. "ok\nä"u8, 0xFF, .. "\nrest\n"u8]), empty = _folder.Write("3.txt", "");
        Table lines = Table.Of(new TextSource { Path = [good, broken], OnBadRow = OnBadRow.Skip });
        lines["text"].ShouldBe(["good", "ok", "rest"]);
        lines.Source.BadRows.First.Select(r => (r.Line, r.Column)).ShouldBe([(2, 2)]);
        Table files = Table.Of(new TextSource { Path = [good, broken, empty], Unit = TextUnit.File, OnBadRow = OnBadRow.Skip });
        files["text"].ShouldBe(["good"]);
        files.Source.BadRows.First.Select(r => (r.Line, r.Column)).ShouldBe([(2, 2), (0, 0)]);
        files.Source.BadRows.First[1].ToString().ShouldStartWith($"{empty}: is empty");
    }
}
