namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How a batch of products is cut into chunks: whole items when they are small, else blocks of rows by blocks of
/// columns. An element's sum lies within one chunk and is ordered by K alone, so the cut may follow the number of
/// threads without touching a bit of the result.
/// </summary>
internal readonly struct TileGrid
{
    /// <summary>Rows of A packed at once: with 384 of K, 258 KB, a part of the second-level cache.</summary>
    public const int MaxRows = 336;

    private const int MaxColumns = 512;

    /// <summary>Multiply-adds below which a chunk costs less than handing it out.</summary>
    private const double MinChunkWork = 32 * 1024;

    /// <summary>Multiply-adds from which threads get two chunks each, so that a disturbed one holds up less, and from which four: each packs operands of its own.</summary>
    private const double TwoChunksWork = 8 * 1024 * 1024, FourChunksWork = 256 * 1024 * 1024;

    private readonly nint _m, _n, _batch, _itemsPerChunk, _rowBlocks, _columnBlocks, _columnPanels;
    private readonly int _panelColumns;

    public TileGrid(nint m, nint n, nint k, nint batch, int threads, MicroKernels kernels)
    {
        (_m, _n, _batch, _panelColumns) = (m, n, batch, kernels.PanelColumns);
        _columnPanels = Ceiling(n, _panelColumns);
        nint mostRowBlocks = Ceiling(m, kernels.MaxRows);
        _rowBlocks = Ceiling(m, MaxRows);
        _columnBlocks = Ceiling(n, MaxColumns);

        double work = (double)m * n * nint.Max(k, 1) * batch;
        double wanted = threads == 1 ? 1 : Math.Min(threads * (work > FourChunksWork ? 4 : work > TwoChunksWork ? 2 : 1), work / MinChunkWork);
        double wantedPerItem = wanted / batch;
        while ((double)_rowBlocks * _columnBlocks < wantedPerItem)
        {
            // The longer side: a chunk packs its rows of A and its columns of B, and their sum is least for a square.
            bool columns = (n / _columnBlocks >= m / _rowBlocks || _rowBlocks == mostRowBlocks) && _columnBlocks < _columnPanels;
            if (columns)
                _columnBlocks++;
            else if (_rowBlocks < mostRowBlocks)
                _rowBlocks++;
            else
                break;
        }
        nint most = int.MaxValue / nint.Max(1, _rowBlocks * _columnBlocks);
        _itemsPerChunk = nint.Max(1, Ceiling(batch, most));
        if (_rowBlocks * _columnBlocks == 1)
            _itemsPerChunk = nint.Max(_itemsPerChunk, (nint)(batch / Math.Max(wanted, 1)));
        Chunks = (int)(Ceiling(batch, _itemsPerChunk) * _rowBlocks * _columnBlocks);
    }

    public int Chunks { get; }

    /// <summary>The rows, columns and items of a chunk: from the first, to behind the last.</summary>
    public Tile this[int chunk]
    {
        get
        {
            nint column = chunk % _columnBlocks, rest = chunk / _columnBlocks;
            nint row = rest % _rowBlocks, group = rest / _rowBlocks;
            return new Tile
            {
                Item = group * _itemsPerChunk,
                ItemEnd = nint.Min(_batch, (group + 1) * _itemsPerChunk),
                Row = _m * row / _rowBlocks,
                RowEnd = _m * (row + 1) / _rowBlocks,
                Column = _columnPanels * column / _columnBlocks * _panelColumns,
                ColumnEnd = nint.Min(_n, _columnPanels * (column + 1) / _columnBlocks * _panelColumns),
            };
        }
    }

    private static nint Ceiling(nint x, nint y) => (x + y - 1) / y;
}

/// <summary>A block of C.</summary>
internal readonly struct Tile
{
    public nint Item { get; init; }

    public nint ItemEnd { get; init; }

    public nint Row { get; init; }

    public nint RowEnd { get; init; }

    public nint Column { get; init; }

    public nint ColumnEnd { get; init; }
}
