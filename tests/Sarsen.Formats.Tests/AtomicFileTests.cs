using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_replaces_the_older_one_when_it_is_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        AtomicFile.WriteAllText(path, "old");
        using (AtomicFile file = AtomicFile.Create(path))
        {
            file.Stream.Write("newer"u8);
            file.Stream.Flush();
            File.ReadAllText(path).ShouldBe("old");
            file.Commit();
        }
        File.ReadAllText(path).ShouldBe("newer");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void Without_a_commit_nothing_changes()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.txt");
        AtomicFile.WriteAllText(path, "old");
        using (AtomicFile file = AtomicFile.Create(path))
            file.Stream.Write("newer"u8);
        File.ReadAllText(path).ShouldBe("old");
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([path]);
    }

    [Fact]
    public void What_cannot_be_renamed_leaves_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("taken");
        Directory.CreateDirectory(path);
        Should.Throw<Exception>(() => AtomicFile.WriteAllText(path, "text")).ShouldBeAssignableTo<SystemException>();
        Directory.GetFileSystemEntries(folder.Path).ShouldBe([path]);
        Should.Throw<DirectoryNotFoundException>(() => AtomicFile.Create(folder.File("missing/a")));
    }

    [Fact]
    public void A_commit_happens_once()
    {
        using var folder = new TemporaryFolder();
        using AtomicFile file = AtomicFile.Create(folder.File("a"));
        file.Commit();
        Should.Throw<ObjectDisposedException>(file.Commit);
        File.Exists(file.Path).ShouldBeTrue();
    }

    [Fact]
    public void A_folder_gets_its_name_and_replaces_none()
    {
        using var folder = new TemporaryFolder();
        string from = Directory.CreateDirectory(folder.File("from")).FullName, to = folder.File("to");
        AtomicFile.WriteAllText(Path.Combine(from, "a"), "text");
        AtomicFile.MoveFolder(from, to);
        File.ReadAllText(Path.Combine(to, "a")).ShouldBe("text");
        Directory.CreateDirectory(from);
        Should.Throw<IOException>(() => AtomicFile.MoveFolder(from, to));
        File.Exists(Path.Combine(to, "a")).ShouldBeTrue();
    }

    [FullDiskFact]
    public void A_full_disk_leaves_the_old_file_alone()
    {
        using SmallDisk disk = SmallDisk.TryMount(1 << 16)!;
        string path = Path.Combine(disk.Path, "a.safetensors");
        SafetensorsWriter.Write(path, [("x", Tensor.From(new float[] { 1, 2 }, new Shape(2)))]);
        byte[] old = File.ReadAllBytes(path);
        Tensor large = Tensor.Empty(DType.F32, new Shape(disk.Bytes));
        Should.Throw<IOException>(() => SafetensorsWriter.Write(path, [("x", large)]));
        Should.Throw<IOException>(() => AtomicFile.WriteAllBytes(path, new byte[disk.Bytes]));
        File.ReadAllBytes(path).ShouldBe(old);
        Directory.GetFileSystemEntries(disk.Path).ShouldBe([path]);
    }
}
