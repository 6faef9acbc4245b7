using Sarsen.Data.Sources;
using Sarsen.Data.Sources.Csv;

namespace Sarsen.Data.Tests.Sources;

public sealed class DataChecksumTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_file_has_its_own_checksum()
    {
        DataChecksum checksum = DataChecksum.Of(new CsvSource { Path = [_folder.Write("a.csv", "abc")] });
        // FIPS 180-2, appendix B.1.
        checksum.Sha256.ShouldBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        checksum.Files.ShouldBe([new FileChecksum("a.csv", 3, checksum.Sha256)]);
    }

    [Fact]
    public void Several_files_have_the_checksum_of_their_checksums()
    {
        _folder.Write("x/a.csv", "a");
        _folder.Write("x/b.csv", "b");
        DataChecksum checksum = DataChecksum.Of(new CsvSource { Path = [_folder.PathOf("x/*.csv")] });
        // (printf a | sha256sum; printf b | sha256sum) | cut -c-64 | sha256sum
        checksum.Sha256.ShouldBe("bf75fafab8e46555836b92f1b04106b795a9ed36bd39b351f103b28819895f33");
        checksum.Bytes.ShouldBe(2);
        _folder.Write("y/a.csv", "a");
        _folder.Write("y/b.csv", "b");
        DataChecksum.Of(new CsvSource { Path = [_folder.PathOf("y/*.csv")] }).Sha256.ShouldBe(checksum.Sha256);
    }
}
