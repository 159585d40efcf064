// Pulumi's runner compiles a pack whose main file is TypeScript with a compiler of its own, which refuses imports that end in
// ".ts". From here on Node takes the types off by itself.
import "./index.ts";
