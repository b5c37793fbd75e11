using Reacher.Fast.Core.Interop;

namespace Reacher.Fast.Core.Kernels.Cuda;

/// <summary>Which matrix product; see native/cuda-kernels/product.cuh.</summary>
internal enum ProductForm
{
    /// <summary>y = x W.</summary>
    Forward = 0,

    /// <summary>dx = dy W^T.</summary>
    BackwardInput = 1,

    /// <summary>dW = x^T dy.</summary>
    BackwardWeights = 2,
}

/// <summary>A matrix product kernel and the launch shape that goes with its tile.</summary>
internal sealed class ProductKernel(CudaKernel kernel, int tile, int sharedBytes)
{
    public CudaKernel Kernel { get; } = kernel;

    /// <summary>Rows and columns of the result that one block computes.</summary>
    public int Tile { get; } = tile;

    /// <summary>Dynamic shared memory of a block.</summary>
    public int SharedBytes { get; } = sharedBytes;

    public int Blocks(int rows, int columns, int heads) => Tiles(rows) * Tiles(columns) * heads;

    public int Tiles(int length) => (length + Tile - 1) / Tile;
}

/// <summary>The matrix product kernels of one precision, and the choice among their tiles.</summary>
internal sealed class ProductKernels
{
    // As tile.cuh has them; the largest first.
    private static readonly ProductTile[] Sizes =
    [
        new("large", 128, Depth: 32, Stages: 3, Threads: 256, Padding: 4),
        new("medium", 64, Depth: 32, Stages: 3, Threads: 128, Padding: 4),
        new("small", 32, Depth: 64, Stages: 4, Threads: 256, Padding: 8),
    ];

    private static readonly ProductKernels[] ByPrecision = [new("fp32"), new("tf32"), new("bf16")]; // after Sizes, which it reads

    private readonly ProductKernel[][] kernels = new ProductKernel[3][];

    private ProductKernels(string precision)
    {
        string[] names = ["linear", "linear_backward_input", "linear_backward_weights"];
        for (int form = 0; form < 3; form++)
        {
            kernels[form] = new ProductKernel[Sizes.Length];
            for (int i = 0; i < Sizes.Length; i++)
            {
                ProductTile tile = Sizes[i];
                kernels[form][i] = new ProductKernel(
                    new CudaKernel($"dense_{precision}", $"{names[form]}_{precision}_{tile.Name}", tile.Threads), tile.Length,
                    tile.SharedBytes((ProductForm)form));
            }
        }
    }

    public static ProductKernels Of(CudaPrecision precision) => ByPrecision[(int)precision];

    /// <summary>
    /// The largest tile that fits into a block's shared memory (the large one does not on an RTX 30 or 40) and whose blocks still keep
    /// three quarters of the multiprocessors busy; the smallest if none does. Larger tiles move fewer bytes for each operation; idle
    /// multiprocessors cost more than that wins.
    /// </summary>
    public ProductKernel Choose(ProductForm form, int rows, int columns, int heads, CudaDeviceInfo device)
    {
        ProductKernel[] sizes = kernels[(int)form];
        foreach (ProductKernel size in sizes)
        {
            if (size.SharedBytes <= device.SharedBytes && size.Blocks(rows, columns, heads) * 4 >= device.Multiprocessors * 3)
            {
                return size;
            }
        }

        return sizes[^1];
    }

    /// <summary>The kernel of a given tile, for tests.</summary>
    public ProductKernel WithTile(ProductForm form, int tile) => Array.Find(kernels[(int)form], kernel => kernel.Tile == tile)!;
}

/// <summary>What one block of a matrix product works on; see native/cuda-kernels/tile.cuh.</summary>
/// <param name="Name">Its name in the kernels' names.</param>
/// <param name="Length">Rows and columns of the result.</param>
/// <param name="Depth">Of the sum, in one stage.</param>
/// <param name="Stages">Stages in flight.</param>
/// <param name="Threads">Threads of the block.</param>
/// <param name="Padding">Words after a row that lies along the sum.</param>
internal sealed record ProductTile(string Name, int Length, int Depth, int Stages, int Threads, int Padding)
{
    /// <summary>Both operands' panels, padded against bank conflicts, for every stage.</summary>
    public int SharedBytes(ProductForm form)
    {
        int alongSum = Length * (Depth + Padding), across = Depth * (Length + 4);
        int left = form == ProductForm.BackwardWeights ? across : alongSum;
        int right = form == ProductForm.BackwardInput ? alongSum : across;
        return (left + right) * Stages * sizeof(float);
    }
}
