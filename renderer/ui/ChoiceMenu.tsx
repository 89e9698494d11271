import { Badge, MenuToggle, Select, SelectList, SelectOption } from '@patternfly/react-core'
import { useRef, useState, type ReactNode } from 'react'

/** One of several, behind a button that says which. */
export function ChoiceMenu<T extends string>(props: {
  label: string
  icon?: ReactNode
  options: readonly { readonly value: T; readonly text: string }[]
  value: T
  onChange: (value: T) => void
}) {
  const [open, setOpen] = useState(false)
  const toggle = useRef<HTMLButtonElement>(null)
  const chosen = props.options.find(({ value }) => value === props.value)
  return (
    <Select
      isOpen={open}
      selected={props.value}
      onOpenChange={setOpen}
      onSelect={(_, value) => {
        const option = props.options.find((one) => one.value === value)
        if (option !== undefined) props.onChange(option.value)
        setOpen(false)
      }}
      toggle={{
        toggleRef: toggle,
        toggleNode: (
          <MenuToggle
            ref={toggle}
            icon={props.icon}
            isExpanded={open}
            onClick={() => setOpen(!open)}
            aria-label={`${props.label}: ${chosen?.text ?? ''}`}
          >
            {chosen?.text}
          </MenuToggle>
        ),
      }}
    >
      <SelectList aria-label={props.label}>
        {props.options.map(({ value, text }) => (
          <SelectOption key={value} value={value}>
            {text}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  )
}

/** Any of several, behind a button that says how many; none chosen means all. */
export function FilterMenu(props: {
  label: string
  options: readonly string[]
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
}) {
  const [open, setOpen] = useState(false)
  const toggle = useRef<HTMLButtonElement>(null)
  const { chosen, options, label } = props
  const known = [...new Set([...options, ...chosen])].sort()
  return (
    <Select
      role="menu"
      isOpen={open}
      isScrollable
      onOpenChange={setOpen}
      onSelect={(_, value) => {
        if (typeof value !== 'string') return
        props.onChange(
          chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value],
        )
      }}
      toggle={{
        toggleRef: toggle,
        toggleNode: (
          <MenuToggle
            ref={toggle}
            isExpanded={open}
            onClick={() => setOpen(!open)}
            isDisabled={known.length === 0}
            badge={chosen.length > 0 ? <Badge isRead>{chosen.length}</Badge> : null}
          >
            {label}
          </MenuToggle>
        ),
      }}
    >
      <SelectList aria-label={label}>
        {known.map((option) => (
          <SelectOption
            key={option}
            value={option}
            hasCheckbox
            isSelected={chosen.includes(option)}
          >
            {option}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  )
}
