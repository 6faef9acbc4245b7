using System.Runtime.InteropServices;

namespace Sarsen.Formats;

/// <summary>
/// Makes the names in a folder durable: fsync of the folder itself, which .NET does not open. Windows has no such call
/// and writes names through its journal; file systems that know no fsync of folders are left alone.
/// </summary>
internal static partial class FolderFlush
{
    // The same values on Linux, macOS and the BSDs.
    private const int OpenReadOnly = 0, InvalidArgument = 22, BadFile = 9, ReadOnlyFileSystem = 30, PermissionDenied = 13;

    /// <exception cref="IOException">The disk reports an error.</exception>
    public static void Run(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        int file = Open(folder, OpenReadOnly);
        int error = Marshal.GetLastPInvokeError();
        if (file < 0)
        {
            // One may be allowed to write in a folder and not to read it.
            if (error == PermissionDenied)
                return;
            throw Failure(folder, error);
        }
        int result = Sync(file);
        error = Marshal.GetLastPInvokeError();
        _ = Close(file);
        if (result != 0 && error is not (InvalidArgument or BadFile or ReadOnlyFileSystem))
            throw Failure(folder, error);
    }

    private static IOException Failure(string folder, int error) =>
        new($"the folder '{folder}' could not be flushed to the disk: {Marshal.GetPInvokeErrorMessage(error)}");

    // open is variadic, which only matters to the arguments after these two.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
