"""Apache Spark as the scheduler of the same tasks. Nothing else here knows Spark.

`open_spark` is imported when a run asks for it; pyspark, when the cluster is spoken to.
"""

from tangga.engine.spark.scheduler import open_spark

__all__ = ["open_spark"]
