using System.Runtime.CompilerServices;

// The tests limit the vector width and call the parts of the kernels.
[assembly: InternalsVisibleTo("Sarsen.Tensors.Tests")]
