using System.Runtime.InteropServices;
using System.Text;
using Sarsen.Data.BadRows;
using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Arrays;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Statistics;
using Sarsen.Data.Tables;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Data.Tests.Sources.Arrays;

public sealed class ArraySourceTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // The header by the specification of numpy.lib.format, version 1.0.
    private string Npy<T>(string name, string descr, string shape, params T[] values) where T : unmanaged
    {
        string dictionary = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}";
        dictionary = dictionary.PadRight((10 + dictionary.Length + 64) / 64 * 64 - 11) + "\n";
        return _folder.Write(name, [0x93, .. "NUMPY\u0001\0"u8, (byte)dictionary.Length, (byte)(dictionary.Length >> 8), .. Encoding.ASCII.GetBytes(dictionary), .. MemoryMarshal.AsBytes<T>(values)]);
    }

    private string Idx(string name, byte type, byte[] sizes, params byte[] values) =>
        _folder.Write(name, [0, 0, type, (byte)sizes.Length, .. sizes.SelectMany(s => new byte[] { 0, 0, 0, s }), .. values]);

    [Fact]
    public void Idx_pictures_have_one_channel()
    {
        var source = new IdxSource { Images = Idx("i", 8, [2, 1, 3], 1, 2, 3, 4, 5, 6), Labels = Idx("l", 8, [2], 7, 9) };
        Table table = Table.Of(source);
        table.Source.Schema.Columns.ShouldBe([new ColumnInfo("image", ColumnType.Array, new Shape(1, 1, 3), DType.U8), new ColumnInfo("label", ColumnType.Integer)]);
        table.Rows.ShouldBe([["010203", "7"], ["040506", "9"]]);
        source.Files().ShouldBe([_folder.PathOf("i"), _folder.PathOf("l")]);
    }

    [Fact]
    public void Npy_arrays_are_tensors_or_single_values()
    {
        string features = Npy("x.npy", "<f8", "2, 2", 1.5, -2, 3, 0.1), labels = Npy<long>("y.npy", "<i8", "2, 1", 4, -5);
        IRowSource rows = new NpySource { Features = features, Labels = labels }.Open(new SourceContext());
        rows.Schema.Columns.ShouldBe([new ColumnInfo("features", ColumnType.Array, new Shape(2), DType.F32), new ColumnInfo("label", ColumnType.Integer)]);
        RowBlock block = rows.Read(CancellationToken.None).Single();
        MemoryMarshal.Cast<byte, float>(((ArrayColumn)block["features"]).Bytes).ToArray().ShouldBe([1.5f, -2, 3, 0.1f]);
        ((Column<long>)block["label"]).Values.ShouldBe([4, -5]);
        Table.Of(new NpySource { Features = Npy("z.npy", "<f4", "3,", 1f, 2.5f, 3f) }).All.ShouldBe("1 | 2.5 | 3");
        Table.Of(new NpySource { Features = Npy<byte>("b.npy", "|b1", "2,", 1, 0) }).All.ShouldBe("true | false");
        Table.Of(new NpySource { Features = Npy<int>("t.npy", "<U2", "2,", 'a', 'é', 'c', 0) }).All.ShouldBe("aé | c");
    }

    [Theory]
    [InlineData(NonFinite.Missing, "1 | — | —")]
    [InlineData(NonFinite.Keep, "1 | NaN | Infinity")]
    public void What_is_no_finite_number_follows_the_option(NonFinite option, string expected)
    {
        string path = Npy("x.npy", "<f4", "3,", 1, float.NaN, float.PositiveInfinity);
        Table.Of(new NpySource { Features = path, NonFinite = option }).All.ShouldBe(expected);
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_bad_ones()
    {
        string features = Npy("x.npy", "<f8", "4, 2", 1, 2, double.NaN, 4, 5, 1e300, 7, 8);
        Should.Throw<BadRowException>(() => Table.Of(new NpySource { Features = features })).Message
            .ShouldContain("x.npy: column 'features': row 1, from 0, has NaN or an infinity; say non_finite");
        Table table = Table.Of(new NpySource { Features = features, OnBadRow = OnBadRow.Skip, Labels = Npy<ulong>("y.npy", "<u8", "4,", 1, 2, 3, ulong.MaxValue) });
        table.Rows.Count.ShouldBe(1);
        table.Source.BadRows.Bad.ShouldBe(3);
        Should.Throw<BadRowException>(() => Table.Of(new NpySource { Features = Npy<int>("i.npy", "<i4", "1, 2", 1, (1 << 24) + 1) })).Message.ShouldContain("cannot hold");
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused()
    {
        string two = Idx("two", 8, [2, 1, 1], 1, 2), three = Idx("three", 8, [3], 1, 2, 3);
        Refused(new IdxSource { Images = two, Labels = three }, "two has 2 rows, ", "three has 3");
        Refused(new IdxSource { Images = Idx("none", 8, [0, 1, 1]) }, "has no rows");
        Refused(new IdxSource { Images = Idx("empty", 8, [1, 0, 1]) }, "rows without elements");
        Refused(new IdxSource { Images = Idx("cut", 8, [2, 2, 2], 1, 2, 3) }, "cut");
        Refused(new NpySource { Features = two }, "npy");
        Refused(new NpySource { Features = Npy("scalar.npy", "<f4", "", 1f) }, "a single value");
        Refused(new NpySource { Features = _folder.PathOf("twoo") }, "did you mean 'two'?");
        string absurd = _folder.Write("absurd.gz", TempFolder.Gzip([0, 0, 8, 3, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0]));
        Should.Throw<DataException>(() => new IdxSource { Images = absurd }.Open(new SourceContext()));

        static void Refused(DataSource source, params string[] causes)
        {
            string message = Should.Throw<DataException>(() => Table.Of(source)).Message;
            foreach (string cause in causes)
                message.ShouldContain(cause);
        }
    }

    [DataFact("datasets/mnist")]
    public void Mnist_has_its_published_mean()
    {
        var source = new IdxSource
        {
            Images = TestData.PathOf("datasets/mnist/t10k-images-idx3-ubyte.gz"),
            Labels = TestData.PathOf("datasets/mnist/t10k-labels-idx1-ubyte.gz"),
        };
        DataStatistics statistics = DataStatistics.Of(source.Open(new SourceContext()));
        statistics.Rows.ShouldBe(10_000);
        ArrayStatistics pictures = statistics.Columns[0].Arrays!;
        pictures.Shape.ShouldBe([1, 28, 28]);
        // Mean and deviation of the test pictures: 0.1325 and 0.3105 of 255.
        (pictures.Mean!.Value / 255).ShouldBe(0.1325, 5e-5);
        (pictures.StandardDeviation!.Value / 255).ShouldBe(0.3105, 5e-5);
        statistics.Columns[1].Frequent!.Values[0].ShouldBe(new ValueCount("1", 1135));
    }
}
