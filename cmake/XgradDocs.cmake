# The target `docs`: one site of the guides and the reference of all public names, in docs/html/index.html of the build
# folder. Links that lead nowhere make it fail. Types without a comment are left out; functions and members need one only
# where their name does not say it all.

find_package(Doxygen QUIET)
if(NOT DOXYGEN_FOUND)
  return()
endif()

file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
  ${PROJECT_SOURCE_DIR}/autograd/*.h ${PROJECT_SOURCE_DIR}/nn/*.h ${PROJECT_SOURCE_DIR}/optim/*.h
  ${PROJECT_SOURCE_DIR}/data/*.h ${PROJECT_SOURCE_DIR}/metrics/*.h ${PROJECT_SOURCE_DIR}/distributions/*.h)
# What programs do not include, and what the headers above use inside.
list(FILTER headers EXCLUDE REGEX "^autograd/kernels/")
list(FILTER headers EXCLUDE REGEX "^autograd/(base/(atomic_file|check|utf8|intrusive_ptr|json|memory_pool|shape|small_vector|dual)|tensor/tensor_impl)\\.h$")
list(FILTER headers EXCLUDE REGEX "^autograd/(graph/(autograd_meta|saved_tensor)|backward/(clear_gradient|require_finite))\\.h$")
list(FILTER headers EXCLUDE REGEX "^autograd/ops/(computed_wide|draw|elementwise|incomplete_beta|map|promotion|reduce_losses|unary)\\.h$")
list(FILTER headers EXCLUDE REGEX "^autograd/io/(.*_header|input_file|pickler|readers|storage_type|unpickler|untrusted|zip_archive)\\.h$")
list(FILTER headers EXCLUDE REGEX "^data/(pipeline|random_order|scramble|tabular/csv_columns|tabular/csv_parser|text/labeled_source|text/byte_reader|text/text_file|text/text_stream)\\.h$")
list(FILTER headers EXCLUDE REGEX "^metrics/predictions\\.h$")
# Of training across processes, what programs use.
list(APPEND headers
  distributed/batch_order.h distributed/checkpoint.h distributed/collectives.h distributed/error.h distributed/init.h
  distributed/launcher.h distributed/loader.h distributed/ordered_sum.h distributed/process_group.h distributed/transport.h
  distributed/tree.h distributed/work.h distributed/parallel/data_parallel.h distributed/parallel/options.h
  distributed/parallel/sharded_embedding.h distributed/parallel/zero.h xgrad/distributed.h)
list(APPEND headers autograd/kernels/instruction_set.h autograd/base/parallel.h xgrad/checkpoint.h xgrad/xgrad.h)

set(DOXYGEN_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/docs)
set(DOXYGEN_STRIP_FROM_PATH ${PROJECT_SOURCE_DIR})
set(DOXYGEN_USE_MDFILE_AS_MAINPAGE ${PROJECT_SOURCE_DIR}/README.md)
set(DOXYGEN_EXCLUDE_SYMBOLS xgrad::*detail* xgrad::kernels*)
set(DOXYGEN_INPUT_FILTER "awk -f ${PROJECT_SOURCE_DIR}/docs/reference/filter.awk")
set(DOXYGEN_MACRO_EXPANSION NO)
set(DOXYGEN_DISTRIBUTE_GROUP_DOC YES)
set(DOXYGEN_WARN_IF_UNDOCUMENTED NO)
set(DOXYGEN_WARN_AS_ERROR FAIL_ON_WARNINGS)
set(DOXYGEN_QUIET YES)
set(DOXYGEN_HAVE_DOT NO)
set(DOXYGEN_SORT_MEMBER_DOCS NO)
set(DOXYGEN_SHOW_INCLUDE_FILES NO)
set(DOXYGEN_SHOW_HEADERFILE NO)
set(DOXYGEN_JAVADOC_AUTOBRIEF YES)
set(DOXYGEN_SOURCE_BROWSER NO)
set(DOXYGEN_VERBATIM_HEADERS NO)
set(DOXYGEN_GENERATE_TREEVIEW YES)
set(DOXYGEN_DISABLE_INDEX YES)
set(DOXYGEN_TOC_INCLUDE_HEADINGS 0)
set(DOXYGEN_HTML_EXTRA_STYLESHEET ${PROJECT_SOURCE_DIR}/docs/reference/style.css)
set(DOXYGEN_HTML_COLORSTYLE_SAT 40)
doxygen_add_docs(docs
  README.md docs/README.md
  docs/getting-started.md docs/tensors-and-autograd.md docs/sequence-models.md docs/data.md docs/saving-and-loading.md
  docs/extending.md docs/custom-ops.md docs/architecture.md docs/performance.md docs/distributed.md
  docs/from-pytorch.md docs/libtorch.md
  CONTRIBUTING.md docs/reference/namespaces.dox
  ${headers}
  COMMENT "Documentation in ${PROJECT_BINARY_DIR}/docs/html")
