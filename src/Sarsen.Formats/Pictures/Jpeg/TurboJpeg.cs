using System.Runtime.InteropServices;

namespace Sarsen.Formats.Pictures.Jpeg;

/// <summary>
/// The functions of libturbojpeg that are used, found at run time. Source: turbojpeg.h, version 2.0 of its API, which
/// later versions keep.
/// </summary>
internal sealed unsafe class TurboJpeg
{
    public const int FormatRgb = 0, FormatGrey = 6;

    public const int ColourGrey = 2, ColourCmyk = 3, ColourYcck = 4;

    /// <summary>The exact inverse transform; an end at the first damage; at most 500 scans of a progressive picture.</summary>
    public const int Flags = 4096 | 8192 | 32768;

    private static readonly Lazy<TurboJpeg?> s_library = new(() => TryLoad(Names));

    private TurboJpeg(nint library)
    {
        Open = (delegate* unmanaged[Cdecl]<nint>)NativeLibrary.GetExport(library, "tjInitDecompress");
        ReadHeader = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int>)NativeLibrary.GetExport(library, "tjDecompressHeader3");
        Decompress = (delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int>)NativeLibrary.GetExport(library, "tjDecompress2");
        Error = (delegate* unmanaged[Cdecl]<nint, byte*>)NativeLibrary.GetExport(library, "tjGetErrorStr2");
        Close = (delegate* unmanaged[Cdecl]<nint, int>)NativeLibrary.GetExport(library, "tjDestroy");
    }

    public readonly delegate* unmanaged[Cdecl]<nint> Open;

    /// <summary>(handle, file, bytes, out width, out height, out subsampling, out colours); 0 when it is sound.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, int*, int*, int*, int*, int> ReadHeader;

    /// <summary>(handle, file, bytes, pixels, width, bytes of a row, height, format, flags); 0 when it is sound.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, CULong, byte*, int, int, int, int, int, int> Decompress;

    public readonly delegate* unmanaged[Cdecl]<nint, byte*> Error;

    public readonly delegate* unmanaged[Cdecl]<nint, int> Close;

    public static bool IsThere => s_library.Value is not null;

    /// <exception cref="MissingLibraryException">It is not on this machine.</exception>
    public static TurboJpeg Library => s_library.Value ?? throw Missing(Names);

    /// <summary>Null when none of the libraries is there with all the functions.</summary>
    public static TurboJpeg? TryLoad(ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library))
                continue;
            try
            {
                return new TurboJpeg(library);
            }
            catch (EntryPointNotFoundException)
            {
                NativeLibrary.Free(library);
            }
        }
        return null;
    }

    public static MissingLibraryException Missing(string[] names) => new(
        $"JPEG pictures need libturbojpeg 2.0 or later, which is not here (tried {string.Join(", ", names)}): install it (Debian and Ubuntu: libturbojpeg0 or libturbojpeg; others: libjpeg-turbo), or convert the pictures to PNG");

    private static string[] Names =>
        OperatingSystem.IsWindows() ? ["turbojpeg.dll", "libturbojpeg.dll"]
        : OperatingSystem.IsMacOS() ? ["libturbojpeg.0.dylib", "libturbojpeg.dylib", "/opt/homebrew/lib/libturbojpeg.dylib", "/usr/local/lib/libturbojpeg.dylib"]
        : ["libturbojpeg.so.0", "libturbojpeg.so"];
}
