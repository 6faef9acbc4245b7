"""Golden values of picture steps from Pillow (Debian's python3-pil) and numpy; prints the C# beside it."""
import numpy as np
from PIL import Image

x = (np.arange(35) * 53 % 251).astype(np.uint8).reshape(5, 7)


def resized(height, width):
    return np.asarray(Image.fromarray(x).resize((width, height), Image.BILINEAR)).ravel().tolist()


print("// Made by picture_golden.py.")
print("namespace Sarsen.Data.Tests.Preprocessing.Steps;\n")
print("internal static class PictureGolden\n{")
for name, size in (("Half", (3, 4)), ("Double", (10, 14)), ("Odd", (4, 9))):
    print(f"    public static readonly byte[] {name} = [{', '.join(map(str, resized(*size)))}];\n")
print("    public const int Height = 5, Width = 7;\n}")
