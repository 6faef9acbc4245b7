using System.Text.Json;
using Sarsen.Data.Preprocessing;
using Sarsen.Serving.Buffers;

namespace Sarsen.Serving;

/// <summary>
/// The fitted preprocessing of a deployed model: from rows of raw values, as they stood in the training data, to the
/// tensors that the predictor reads. Safe for any number of threads.
/// </summary>
public interface IRowEncoder
{
    /// <summary>The fields of a raw row, in order.</summary>
    IReadOnlyList<FieldInfo> Fields { get; }

    /// <summary>Encodes rows. The first dimension of the inputs becomes the number of samples that the rows give.</summary>
    /// <param name="rows">An array of objects of field names and values.</param>
    /// <param name="input">Holds the tensors of <see cref="PredictorInfo.Inputs"/>, in order, which are reshaped and written.</param>
    /// <exception cref="FieldException">A field is missing, unknown, of another type or out of range.</exception>
    /// <exception cref="Data.DataException">The rows as a whole cannot be read: none, or too few.</exception>
    void Encode(JsonElement rows, TensorBuffers input);
}
